"""How many small faults of the compiled core the tests notice: its mutation score.

    python -m benchmarks mutation                           # all of train and layers: an hour
    python -m benchmarks mutation --sample 300 --seed 1     # so many by chance
    python -m benchmarks mutation --parts train --keep DIR --page   # in pieces, and its page

Every operator, number, condition and statement of the sources becomes a mutant or two, each behind
a switch in one build: of the portable kernels where those are mutated, else with this machine's
own. Survivors that no result can tell from the right code are explained in explained.toml; the
score leaves them out, and counts all others.

In the folder of --keep lie the build and every verdict. What was killed there stays killed, so
that a run goes on where the last one ended, and judges survivors again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks.mutants.build import ROOT, SOURCES, build, lacking
from benchmarks.mutation.operators import Mutator, Place
from benchmarks.mutation.page import PAGE, keep, page, section, summary
from benchmarks.mutation.suite import SURVIVED

# Part -> its files below core/.
PARTS = {
    "train": ("train/*.cpp", "train/*.h"),
    "layers": ("layers/*.cpp", "layers/*.h"),
    "kernels": ("kernels/*.inl", "kernels/target_portable.cpp"),
}
# What the portable build of the kernels has not (pairs, their tiles, avx512), or what computes no
# result: hints to the memory, and loops that measure what the machine gives at best.
LEFT_OUT = {f"kernels/{name}.inl" for name in ("pairs", "amx", "avx512", "prefetch", "peak")}
# Many small tests of the core, in one process each mutant.
TESTS = ("tests/core", "tests/bits", *(f"tests/engine/test_{name}.py" for name in (
    "compute", "nonfinite", "plans", "pullback", "recovery", "rows", "state",
    "trace")))  # fmt: skip
_SWITCHES = Path(__file__).with_name("switches.h")
# Faults that the library sees: the mutants run hardened. Mutated kernels get SSE 4.2 besides,
# without which GCC 12 fails on a choice between vectors of 64-bit numbers; no result depends on it.
FLAGS = "-fno-math-errno -D_GLIBCXX_ASSERTIONS -w -fpermissive -Wno-narrowing"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default="train,layers", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--files", default="", help="pattern of the files to judge, as train/fit")
    parser.add_argument("--sample", type=int, default=0, help="mutants by chance; 0 is all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--seconds", type=float, default=3.0, help="of tests for one mutant")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder of the build and of the verdicts")
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    given = parser.parse_args(arguments)
    if missing := lacking():
        parser.error(f"the core is built here with: pip install {' '.join(missing)}")
    parts = given.parts.split(",")
    changed, places = mutated(parts)
    sample = [place for place in places if re.search(given.files, place.file)]
    random.Random(given.seed).shuffle(sample)
    sample = sample[: given.sample or None]
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        package = _package(folder, changed, len(places))
        kept = folder / "verdicts.jsonl"
        known = verdicts(kept)
        waiting = [p for p in sample if known.get(p.key, SURVIVED).startswith(SURVIVED)]
        waiting.sort(key=lambda place: place.key in known, reverse=True)  # the last go first
        _judge(package, len(places), waiting, given.workers, given.seconds, kept)
        known = verdicts(kept)
    for part in parts:
        found = summary(part, [p for p in places if p.file.startswith(f"{part}/")], known)
        print(section(found))
        if given.page:
            keep(found)
    if given.page:
        PAGE.write_text(page(list(PARTS)), encoding="utf-8")
    return 0


def mutated(parts: Sequence[str]) -> tuple[dict[str, str], list[Place]]:
    """The changed files of these parts, and all mutants in them."""
    mutator, changed = Mutator(), {}
    for part in parts:
        for pattern in PARTS[part]:
            for path in sorted((ROOT / "core").glob(pattern)):
                name = str(path.relative_to(ROOT / "core"))
                if name in LEFT_OUT:
                    continue
                changed[name] = mutator.rewritten(name, path.read_text(encoding="utf-8"))
    changed["base/switches.h"] = _SWITCHES.read_text(encoding="utf-8")
    return changed, mutator.places


def verdicts(kept: Path) -> dict[str, str]:
    """The last verdict on each mutant, by its key."""
    if not kept.exists():
        return {}
    return dict(json.loads(line) for line in kept.read_text(encoding="utf-8").splitlines())


def _package(folder: Path, changed: dict[str, str], count: int) -> Path:
    """The built package; the one that lies there, if it is of the same sources."""
    package, mark = folder / "mutated" / "src", folder / "sources.sha256"
    found = _fingerprint(changed)
    if mark.exists() and mark.read_text() == found:
        return package
    shutil.rmtree(folder / "mutated", ignore_errors=True)
    marks = f"unsigned char chainrule_reached[{count + 2}] = {{}};"
    flags, edits = FLAGS, []
    if any(name.startswith("kernels/") for name in changed):
        edits.append(("set(chainrule_arch X86)", "set(chainrule_arch OTHER)"))
        flags += " -msse4.2" if platform.machine() in ("x86_64", "AMD64") else ""
    build(
        folder,
        changed,
        declared='#include "base/switches.h"\n',
        defined=f'extern "C" {{ int chainrule_mutant = 0; {marks} }}\n',
        edits=(("-fno-math-errno", flags), *edits),
    )
    mark.write_text(found)
    return package


def _fingerprint(changed: dict[str, str]) -> str:
    """Of all that the build reads: the changed files, and the others as they are."""
    found = hashlib.sha256(json.dumps(changed).encode())
    for name in SOURCES:
        source = ROOT / name
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file() and path.suffix not in (".so", ".pyc"):
                found.update(path.read_bytes())
    return found.hexdigest()


def _judge(
    package: Path, count: int, places: Sequence[Place], workers: int, seconds: float, kept: Path
) -> None:
    """In a process that imports the mutated package before any other."""
    code = (
        "import json, sys; from pathlib import Path; from benchmarks.mutation.suite import judge; "
        "package, count, keys, tests, workers, seconds, kept = json.load(sys.stdin); "
        "keys = {int(number): key for number, key in keys.items()}; "
        "judge(Path(package), count, keys, tests, workers, seconds, Path(kept))"
    )
    keys = {place.number: place.key for place in places}
    given = [str(package), count, keys, TESTS, workers, seconds, str(kept.resolve())]
    path = os.pathsep.join([str(package), str(ROOT)])
    environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-c", code]
    subprocess.run(
        command, env=environment, cwd=ROOT, check=True, input=json.dumps(given), text=True
    )


if __name__ == "__main__":
    raise SystemExit(main())
