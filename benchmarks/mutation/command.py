"""How many small faults of the compiled core the tests notice: its mutation score.

    python -m benchmarks mutation                           # all of train and layers: an hour
    python -m benchmarks mutation --sample 300 --seed 1     # so many by chance
    python -m benchmarks mutation --parts kernels --sample 200 --keep DIR

Every operator, number, condition and statement of the sources becomes a mutant or two, each behind
a switch in one build on the portable kernels. Survivors that no result can tell from the right
code are explained in explained.toml; the score leaves them out, and counts all others.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from benchmarks.mutants.build import ROOT, build, lacking
from benchmarks.mutation.operators import Mutator, Place

PAGE = ROOT / "docs" / "mutation.md"
# Part -> its files below core/.
PARTS = {
    "train": ("train/*.cpp", "train/*.h"),
    "layers": ("layers/*.cpp", "layers/*.h"),
    "kernels": ("kernels/*.inl",),
}
# Many small tests of the core, in one process each mutant.
TESTS = ("tests/core", *(f"tests/engine/test_{name}.py" for name in (
    "compute", "nonfinite", "pullback", "state", "trace")))  # fmt: skip
_SWITCHES = Path(__file__).with_name("switches.h")
# Faults that the library sees: the mutants run hardened.
_FLAGS = "-fno-math-errno -D_GLIBCXX_ASSERTIONS -w -fpermissive -Wno-narrowing"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--parts", default="train,layers", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--sample", type=int, default=0, help="mutants by chance; 0 is all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--seconds", type=float, default=3.0, help="of tests for one mutant")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", type=Path, help="folder of the build")
    parser.add_argument("--page", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    given = parser.parse_args(arguments)
    if missing := lacking():
        parser.error(f"the core is built here with: pip install {' '.join(missing)}")
    changed, places = mutated(given.parts.split(","))
    with tempfile.TemporaryDirectory() as scratch:
        package = _package(given.keep or Path(scratch), changed, len(places))
        numbers = [place.number for place in places]
        random.Random(given.seed).shuffle(numbers)
        numbers = numbers[: given.sample or None]
        verdicts = _verdicts(package, len(places), numbers, given.workers, given.seconds)
    found = {place: verdicts[place.number] for place in places if place.number in verdicts}
    text = page(found, given.parts, len(places))
    print(text)
    if given.page:
        PAGE.write_text(text, encoding="utf-8")
    return 0


def mutated(parts: Sequence[str]) -> tuple[dict[str, str], list[Place]]:
    """The changed files of these parts, and all mutants in them."""
    mutator, changed = Mutator(), {}
    for part in parts:
        for pattern in PARTS[part]:
            for path in sorted((ROOT / "core").glob(pattern)):
                name = str(path.relative_to(ROOT / "core"))
                changed[name] = mutator.rewritten(name, path.read_text(encoding="utf-8"))
    changed["base/switches.h"] = _SWITCHES.read_text(encoding="utf-8")
    return changed, mutator.places


def _package(folder: Path, changed: dict[str, str], count: int) -> Path:
    package = folder / "mutated" / "src"
    if any((package / "chainrule").glob("_core*.so")):
        return package
    marks = f"unsigned char chainrule_reached[{count + 2}] = {{}};"
    return build(
        folder,
        changed,
        declared='#include "base/switches.h"\n',
        defined=f'extern "C" {{ int chainrule_mutant = 0; {marks} }}\n',
        edits=(("set(chainrule_arch X86)", "set(chainrule_arch OTHER)"),
               ("-fno-math-errno", _FLAGS)),
    )  # fmt: skip


def _verdicts(
    package: Path, count: int, numbers: Sequence[int], workers: int, seconds: float
) -> dict[int, str]:
    """From a process that imports the mutated package before any other."""
    code = (
        "import json, sys; from pathlib import Path; from benchmarks.mutation.suite import judged; "
        "package, count, numbers, tests, workers, seconds, out = json.loads(sys.argv[1]); "
        "found = judged(Path(package), count, numbers, tests, workers, seconds); "
        "Path(out).write_text(json.dumps(found))"
    )

    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "verdicts.json"
        given = [str(package), count, list(numbers), TESTS, workers, seconds, str(out)]
        path = os.pathsep.join([str(package), str(ROOT)])
        environment = {**os.environ, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
        command = [sys.executable, "-c", code, json.dumps(given)]
        subprocess.run(command, env=environment, cwd=ROOT, check=True)
        return {int(k): verdict for k, verdict in json.loads(out.read_text()).items()}


def explained(place: Place) -> str | None:
    """Why no result can tell this mutant from the right code, where that is known."""
    text = Path(__file__).with_name("explained.toml").read_text(encoding="utf-8")
    for entry in tomllib.loads(text)["mutants"]:
        if (
            re.fullmatch(entry["file"], place.file)
            and re.search(entry["line"], place.text)
            and re.search(entry.get("what", ""), place.what)
        ):
            return str(entry["why"])
    return None


def page(found: dict[Place, str], parts: str, n_mutants: int) -> str:
    """The score, and every survivor that is not explained."""
    survivors = [place for place, verdict in found.items() if verdict.startswith("survived")]
    reasons = {place: explained(place) for place in survivors}
    open_ = [place for place in survivors if reasons[place] is None]
    killed = len(found) - len(survivors)
    judged = killed + len(open_)
    share = killed / max(judged, 1)
    width = 1.96 * math.sqrt(share * (1 - share) / max(judged, 1)) if judged < n_mutants else 0.0
    lines = [
        f"{len(found)} of {n_mutants} mutants of {parts}: {killed} killed, "
        f"{len(survivors) - len(open_)} explained, {len(open_)} survive.",
        f"Score: {100 * share:.1f} % of {judged}"
        + (f", 95 % of samples within {100 * width:.1f} points." if width else "."),
        "",
    ]
    for place in open_:
        unreached = " (no test reaches it)" if "no test" in found[place] else ""
        lines.append(f"- `core/{place.file}:{place.line}` {place.what}{unreached}: `{place.text}`")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
