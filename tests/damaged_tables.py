"""Tables damaged in the ways that people meet, and whether each is read right or refused.

    python tests/damaged_tables.py            2,700 files, some minutes
    python tests/damaged_tables.py 300        so many

A file is read *right* (its names and values are the truth's), *told* (they are not, and a notice
names the column), *refused* (naming the file, and what to do), or, what must not be, wrong without
a word. The files are the same in every run.
"""

from __future__ import annotations

import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from damaged import cells, files, names, rows, spelling, tools  # each adds its kinds
from damaged.grid import KINDS, Damaged, make_grid
from damaged.judge import judge

N_FILES = 2_700
MODULES = (spelling, files, rows, names, cells, tools)


def damaged_tables(count: int) -> Iterator[tuple[str, Damaged]]:
    """So many files, kind after kind, the same in every run."""
    for number in range(count):
        name = list(KINDS)[number % len(KINDS)]
        rng = random.Random(f"{name} {number // len(KINDS)}")
        yield name, KINDS[name](make_grid(rng), rng)


def main(count: int) -> int:
    outcomes: dict[str, Counter[str]] = {}
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        for name, damaged in damaged_tables(count):
            verdict = judge(Path(folder), damaged)
            outcomes.setdefault(name, Counter())[verdict.outcome] += 1
            if verdict.outcome == "wrong":
                wrong.append((name, verdict.why))
    for name, counts in outcomes.items():
        print(f"{name:28} " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    total = sum(outcomes.values(), Counter())
    print(f"\n{len(outcomes)} kinds, {total.total():,} files: " + str(dict(total)))
    for name, why in wrong[:40]:
        print(f"WRONG {name}: {why[:300]}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else N_FILES))
