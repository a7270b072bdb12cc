"""A command that is told to end: Ctrl-C, SIGTERM and SIGHUP stop a training, and keep its best."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


class Ended(Exception):  # noqa: N818  an end is no error
    """The command has done what was left to do, and ends with a code of its own.

    `code` is 128 and the signal's number, as shells have it.
    """

    def __init__(self, code: int, message: str = "") -> None:
        super().__init__(message)
        self.code = code


class Ending:
    """What signals have asked for, while `heard` is on.

    Attributes
    ----------
    number : int
        Of the first signal; 0 before one.
    keeps : bool
        Whether a signal now waits, since something is being saved.
    """

    def __init__(self) -> None:
        self.number = 0
        self.keeps = False

    @property
    def code(self) -> int:
        """The exit code."""
        return 128 + self.number

    @property
    def name(self) -> str:
        """What the signal is called: "Ctrl-C", "SIGTERM"."""
        name = signal.Signals(self.number).name if self.number else "SIGINT"
        return "Ctrl-C" if name == "SIGINT" else name

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Signals end a training, or whatever runs, by KeyboardInterrupt; those that the process
        was started to ignore stay ignored.

        Raises `Ended` for that KeyboardInterrupt.
        """
        before: dict[int, Any] = {}
        for name in _SIGNALS:
            number = getattr(signal, name, None)
            if number is None or signal.getsignal(number) in (signal.SIG_IGN, None):
                continue
            before[number] = signal.signal(number, self._hear)
        try:
            yield
        except KeyboardInterrupt:
            self.number = self.number or signal.SIGINT
            raise Ended(self.code, f"ended by {self.name}.") from None
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Lets signals wait until something is saved."""
        self.keeps = True
        try:
            yield
        finally:
            self.keeps = False

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self.number = self.number or number
        if not self.keeps:
            raise KeyboardInterrupt


def beside(path: str) -> str:
    """Where a training that was interrupted is saved: beside its model, under a name that is free.

    So `--force` replaces a model by a finished one alone.
    """
    whole = Path(path)
    stem, ending = whole.stem, whole.suffix
    names: Callable[[int], str] = lambda k: f"{stem}.interrupted{k or ''}{ending}"  # noqa: E731
    number = 0
    while whole.with_name(names(number)).exists():
        number += 1
    return str(whole.with_name(names(number)))
