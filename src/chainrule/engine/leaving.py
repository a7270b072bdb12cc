"""The end of the interpreter waits for threads that compute, and tells those that train to stop."""

from __future__ import annotations

import atexit
import os
import threading

from chainrule import _core

_SECONDS = 10.0


def register() -> None:
    """Once, when the engine is imported."""
    atexit.register(_leave)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_core.forget_calls)


def _leave() -> None:
    # What threads still hold, that nobody waits for, is no leak to be told of.
    _core.leave(_SECONDS, threading.active_count() == 1)
