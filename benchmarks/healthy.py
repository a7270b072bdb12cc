"""How often `check_gradients` calls a healthy network wrong.

    python -m benchmarks healthy                  # 5,000 random networks
    python -m benchmarks healthy --start 20000    # 5,000 others

They stand on zeros and kinks on purpose: rows, biases and weights of 0, dead layers, predictions
that meet their target. Three of five are trained, some until nothing is left to learn; half are
float32. `tests/healthy.py` draws them.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", type=int, default=5000)
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    given = parser.parse_args(arguments)
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
    from healthy import check

    start, counts = time.perf_counter(), Counter[str]()
    for seed in range(given.start, given.start + given.networks):
        report = check(seed)
        counts[report.verdict] += 1
        if not report.ok:
            print(f"seed {seed}\n{report}\n", flush=True)
    found = ", ".join(f"{count} {verdict}" for verdict, count in counts.most_common())
    print(f"{given.networks} networks: {found}; {time.perf_counter() - start:.0f} s")
    return int(counts["wrong"] > 0)


if __name__ == "__main__":
    raise SystemExit(main())
