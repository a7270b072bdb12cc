"""threadpoolctl limits the core's threads, as it does those of BLAS and OpenMP.

It asks a controller for every loaded library whose file it knows by name, and by the functions
that it exports. Ours is registered where threadpoolctl is in use, and at its import where that
comes later: nothing here imports it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

from chainrule._version import __version__

_NAME = "threadpoolctl"


def register() -> None:
    """Once, when the engine is imported."""
    if _NAME in sys.modules:
        _introduce(import_module(_NAME))  # which another thread may have half way in
    else:
        sys.meta_path.insert(0, _watcher)


class _Watcher(MetaPathFinder):
    """Finds threadpoolctl, and nothing else, as Python does."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == _NAME else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _Loader(spec.loader.name, spec.loader.path)
        return spec


class _Loader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        with suppress(ValueError):
            sys.meta_path.remove(_watcher)
        _introduce(module)


_watcher = _Watcher()


def _introduce(threadpoolctl: ModuleType) -> None:
    if not hasattr(threadpoolctl, "register"):  # before 3.2
        return

    class Controller(threadpoolctl.LibController):  # type: ignore[misc, name-defined]
        """The number of threads where none is said, in the thread that sets it."""

        user_api = internal_api = "chainrule"
        filename_prefixes = ("_core",)
        check_symbols = ("chainrule_get_num_threads", "chainrule_set_num_threads")

        def get_num_threads(self) -> int:
            found: int = self.dynlib.chainrule_get_num_threads()
            return found

        def set_num_threads(self, num_threads: int) -> None:
            self.dynlib.chainrule_set_num_threads(num_threads)

        def get_version(self) -> str:
            return __version__

    threadpoolctl.register(Controller)
