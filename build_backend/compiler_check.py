"""The build, preceded by one question: is there a C++ compiler? Its absence gets one sentence."""

from __future__ import annotations

import os
import shutil
from typing import Any

from scikit_build_core import build as _build
from scikit_build_core.build import (  # noqa: F401  (hooks that need no compiler)
    build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
)

_COMPILERS = ("c++", "g++", "clang++", "cl")


def _require_compiler() -> None:
    named = os.environ.get("CXX", "").split()
    if any(shutil.which(name) for name in (*named[:1], *_COMPILERS)):
        return
    raise SystemExit(
        "chainrule is built from C++ source and found no compiler: install g++ 12 or newer, or "
        "clang 14 or newer (Debian and Ubuntu: apt-get install g++; Fedora: dnf install gcc-c++; "
        "macOS: xcode-select --install), then run pip again."
    )


def build_wheel(*args: Any, **keywords: Any) -> str:
    _require_compiler()
    return _build.build_wheel(*args, **keywords)


def build_editable(*args: Any, **keywords: Any) -> str:
    _require_compiler()
    return _build.build_editable(*args, **keywords)
