"""The core with all mutants in it, of which one at a time can be switched on.

A copy of the sources is changed and built in a folder of its own: the shipped core has no switch.
`python -m benchmarks mutants` and `mutation` both build here.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from benchmarks.mutants.catalogue import Mutant

ROOT = Path(__file__).resolve().parents[2]
SWITCH = "chainrule_mutant"
DECLARED = f'extern "C" __attribute__((visibility("default"))) int {SWITCH};\n'
DEFINED = f'extern "C" {{ int {SWITCH} = 0; }}\n'
SOURCES = ("CMakeLists.txt", "bindings", "core", "src", "tests/native")
# A mutant may leave something unused, and is not worth an optimizer's minutes.
_LENIENT = (
    (" -Wall -Wextra -Werror", ""),
    ("-O3", "-O1"),
    ("-Wpedantic -Wconversion -Wshadow", "-w"),
)
TOOLS = ("nanobind", "cmake", "ninja")  # of the build, which pip installs for itself alone


def lacking() -> list[str]:
    """The tools of the build that are not installed here."""
    programs = [name for name in TOOLS[1:] if shutil.which(name) is None]
    return programs if find_spec(TOOLS[0]) else [TOOLS[0], *programs]


class MutantError(ValueError):
    """A mutant whose text does not stand once in its file."""


def mutated(sources: dict[str, str], mutants: Sequence[Mutant]) -> dict[str, str]:
    """The files below core/ with every mutant behind its number, counted from 1."""
    out = dict(sources)
    for number, mutant in enumerate(mutants, 1):
        text = out[mutant.file]
        if text.count(mutant.right) != 1:
            raise MutantError(
                f"{mutant.what}: its text stands {text.count(mutant.right)} times in "
                f"core/{mutant.file}; mend benchmarks/mutants/catalogue.py."
            )
        out[mutant.file] = text.replace(
            mutant.right, mutant.wrong.replace("IF", f"({SWITCH} == {number})")
        )
    return out


def sources(files: set[str]) -> dict[str, str]:
    """The text of files below core/."""
    return {name: (ROOT / "core" / name).read_text(encoding="utf-8") for name in files}


def build(
    folder: Path,
    changed: dict[str, str],
    *,
    declared: str = DECLARED,
    defined: str = DEFINED,
    edits: Sequence[tuple[str, str]] = (),
    targets: Sequence[str] = ("_core",),
) -> Path:
    """Build the package with changed sources; the path to put before all others.

    Parameters
    ----------
    folder : Path
        Where `mutated` (the copy) and `build` will lie.
    changed : dict of str to str
        The files below core/ that are not as they were.
    declared, defined : str
        C++ in front of every file of the core, and in one of them.
    edits : sequence of (str, str)
        More to replace in CMakeLists.txt.
    targets : sequence of str
        What to build.
    """
    copy = folder / "mutated"
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(
                source, copy / name, ignore=shutil.ignore_patterns("_core*.so", "__pycache__")
            )
        else:
            copy.mkdir(parents=True)
            shutil.copy(source, copy / name)
    for name, text in changed.items():
        (copy / "core" / name).write_text(text, encoding="utf-8")
    types = copy / "core/base/types.h"
    first = "#include <cstddef>"
    types.write_text(types.read_text().replace(first, declared + first))
    cpu = copy / "core/base/cpu.cpp"
    cpu.write_text('#include "base/types.h"\n' + defined + cpu.read_text())
    lists = copy / "CMakeLists.txt"
    text = lists.read_text()
    for right, wrong in (*_LENIENT, *edits):
        text = text.replace(right, wrong)
    lists.write_text(text)
    nanobind = _output(sys.executable, "-m", "nanobind", "--cmake_dir")
    _run(
        "cmake", "-S", copy, "-B", folder / "build", "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release",
        f"-Dnanobind_DIR={nanobind}", f"-DPython_EXECUTABLE={sys.executable}",
    )  # fmt: skip
    _run("cmake", "--build", folder / "build", "--target", *targets)
    package = copy / "src"
    (module,) = (folder / "build").glob("_core*.so")
    shutil.copy(module, package / "chainrule")
    return package


def switch(package: Path) -> ctypes.c_int:
    """The number of the mutant that is on, 0 for none; of the core that is loaded already."""
    (module,) = (package / "chainrule").glob("_core*.so")
    return ctypes.c_int.in_dll(ctypes.CDLL(str(module)), SWITCH)


def _run(*command: object) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
