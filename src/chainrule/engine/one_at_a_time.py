"""One fit of a model at a time, and what Ctrl-C means to the loop around it.

A fit that Ctrl-C ends keeps its best epoch and returns, so that a program may save it. But whoever
presses Ctrl-C in a loop over seeds or folds wants the loop to end. So the next fit of the same
program raises KeyboardInterrupt, once; within joblib, where a search or a cross-validation throws
the fitted models away, the interrupted fit raises it itself. A line typed afterwards, or a cell of
a notebook, is another program.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import Any
from weakref import ref

from chainrule.errors import SpecError

_LOOPS = "joblib.parallel"

# Objects being fitted, by process and id: a fork begins with none.
_busy: dict[tuple[int, int], object] = {}
# The code that ran when Ctrl-C ended a fit.
_interrupted: ref[CodeType] | None = None
_seen = threading.local()


@contextmanager
def fitting(model: Any) -> Iterator[None]:
    """Around a fit of `model`.

    Parameters
    ----------
    model : object
        What is fitted.

    Yields
    ------
    None

    Raises
    ------
    SpecError
        Where the model is being fitted already.
    KeyboardInterrupt
        Where Ctrl-C ended an earlier fit of this program.
    """
    key, mark = (os.getpid(), id(model)), object()
    if _busy.setdefault(key, mark) is not mark:
        raise SpecError(
            f"this {type(model).__name__} is being fitted already, by another thread or by a "
            "callback of that fit; wait for it, or fit a copy."
        )
    try:
        _raise_pending()
        _seen.interrupt = False
        yield
        if _seen.interrupt:
            _remember()
    finally:
        del _busy[key]


def note_interrupt() -> None:
    """Ctrl-C has ended a computation of the fit that this thread is in."""
    _seen.interrupt = True


def forget_interrupt() -> None:
    """Ctrl-C was understood: the next fit raises nothing."""
    global _interrupted
    _interrupted = None


def _remember() -> None:
    global _interrupted
    codes = [frame.f_code for frame in _frames()]
    if any(frame.f_globals.get("__name__") == _LOOPS for frame in _frames()):
        raise KeyboardInterrupt
    modules = [code for code in codes if code.co_name == "<module>"]
    _interrupted = ref((modules or codes)[0 if modules else -1])


def _raise_pending() -> None:
    held = _interrupted  # which another thread may forget meanwhile
    if held is None or threading.current_thread() is not threading.main_thread():
        return
    code = held()
    forget_interrupt()
    if code is not None and any(frame.f_code is code for frame in _frames()):
        raise KeyboardInterrupt


def _frames() -> Iterator[FrameType]:
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        yield frame
        frame = frame.f_back
