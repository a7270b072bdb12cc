"""The end of the interpreter waits for threads that compute, and tells those that train to stop."""

from __future__ import annotations

import atexit
import os

from chainrule import _core

_SECONDS = 10.0


def register() -> None:
    """Once, when the engine is imported."""
    atexit.register(_core.leave, _SECONDS)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_core.forget_calls)
