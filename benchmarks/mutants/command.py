"""How many seeded faults of the core `check_gradients` and `explain` call wrong.

    python -m benchmarks mutants              # build, check, write the table into docs/mutants.md
    python -m benchmarks mutants --keep DIR   # and keep the build there, or use the one that is

The core is built once, from a changed copy of the sources, with a switch for every fault.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.mutants.build import ROOT, build, lacking, mutated, sources
from benchmarks.mutants.catalogue import BY_SECTION, MUTANTS, SECTIONS

PAGE = ROOT / "docs" / "mutants.md"
HEALTHY = """
## Healthy networks

`python -m benchmarks healthy --start 1000` checked 5,000 random networks on zeros and kinks, fresh
and trained, in both number types: 4,711 ok, 190 on a kink, 98 too small to be checked, 1 wrong.
That one has frequencies of hundreds, beside whose waves the h of a central difference is long, and
D(2h) - D(h) was small by chance; with D(h) - D(h/2) beside it, it is ok.
"""


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--keep", type=Path, help="folder of the build")
    given = parser.parse_args(arguments)
    if missing := lacking():
        parser.error(
            f"the core is built here with tools that lack: pip install {' '.join(missing)}"
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or Path(scratch)
        package = folder / "mutated" / "src"
        if not any((package / "chainrule").glob("_core*.so")):
            files = sources({mutant.file for mutant in MUTANTS})
            package = build(folder, mutated(files, MUTANTS))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(package), str(ROOT)])}
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.mutants.worker", str(package)],
            capture_output=True, text=True, env=environment, cwd=folder,
        )  # fmt: skip
    if done.returncode:
        print(done.stderr, file=sys.stderr)
        return 1
    found: dict[str, list[str]] = json.loads(done.stdout)
    healthy = found.pop("")
    PAGE.write_text(page(found), encoding="utf-8")
    missed = [what for what, lines in found.items() if not lines]
    print(f"{len(found) - len(missed)} of {len(found)} faults are called wrong; see {PAGE}")
    for what in missed:
        print(f"  missed: {what}")
    for line in healthy:
        print(f"  a false alarm without any fault: {line}")
    return 1 if missed or healthy else 0


def page(found: dict[str, list[str]]) -> str:
    """The table of all mutants as a page."""
    red = sum(bool(lines) for lines in found.values())
    lines = [
        "# Faults that a check must find",
        "",
        "`python -m benchmarks mutants` builds the core from a copy of its sources with "
        f"{len(found)} faults in it, each behind a switch, and lets `check_gradients` look at a "
        f"small network with each one switched on. **{red} of {len(found)} are called wrong**; "
        "with none switched on, nothing is. The last column is the first red line.",
    ]
    for section, title in SECTIONS.items():
        lines += ["", f"## {title}", "", "| fault | network | red line |", "|---|---|---|"]
        for mutant in BY_SECTION[section]:
            told = found[mutant.what]
            lines.append(f"| {mutant.what} | {mutant.network} | {told[0] if told else 'none'} |")
    return "\n".join(lines) + "\n" + HEALTHY


if __name__ == "__main__":
    raise SystemExit(main())
