"""What the engine runs on."""

from __future__ import annotations

import platform
from typing import Any

from chainrule import _core
from chainrule._version import __version__


def machine() -> dict[str, Any]:
    """Version, instruction set in use, sets this machine runs, usable threads, compiler, system.

    Returns
    -------
    dict of str
    """
    return {
        "version": __version__,
        "isa": _core.instruction_set(),
        "isas": _core.instruction_sets(),
        "n_threads": _core.available_threads(),
        "compiler": _core.compiler,
        "system": f"{platform.system()} {platform.machine()}",
    }
