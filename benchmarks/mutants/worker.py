"""Runs in a process of its own, on the core with mutants: prints the red lines of each as JSON."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from benchmarks.mutants.build import switch
from benchmarks.mutants.catalogue import MUTANTS
from benchmarks.mutants.problems import PROBLEMS, Problem
from chainrule.explain.check.verify import check_gradients


def red_lines(problem: Problem) -> list[str]:
    """What `check_gradients` calls wrong."""
    report = check_gradients(*problem.arguments(), **problem.options())
    lines = []
    if any(not tensor.ok for tensor in report.tensors):
        worst = report.worst
        lines.append(f"gradients: {report.name_of(worst)} by the {worst.method}")
    return lines + [f"{v.subject}: {v.sentence}" for v in report.verdicts if not v.ok]


def main(package: Path) -> None:
    number = switch(package)
    found: dict[str, list[str]] = {"": []}
    for name, problem in PROBLEMS.items():
        found[""] += [f"{name}, {line}" for line in red_lines(problem)]
    for k, mutant in enumerate(MUTANTS, 1):
        number.value = k
        try:
            found[mutant.what] = red_lines(PROBLEMS[mutant.network])
        finally:
            number.value = 0
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
