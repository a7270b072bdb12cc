"""`python -m benchmarks playground [speed | truth]`: the page measured, its numbers checked.

Both need chromium and the browser extra; without them the figures of the session alone are printed.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.playground.back import there_and_back
from benchmarks.playground.driving import CHROMIUM, launched
from benchmarks.playground.measure import first_screen, in_session, memory_over, on_the_screen
from benchmarks.playground.walks import problems, walk
from benchmarks.run import RESULTS

STEPS = 500  # forward, and back


def main(arguments: list[str]) -> int:
    """Print the figures; with `--keep` write them to `benchmarks/results`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks playground", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("speed", "truth"), default="speed")
    parser.add_argument("--minutes", type=float, default=30.0, help="of frames, for the memory")
    parser.add_argument("--walks", type=int, default=60, help="random walks of the browser")
    parser.add_argument("--actions", type=int, default=14, help="of each walk")
    parser.add_argument("--keep", action="store_true", help="write to benchmarks/results")
    given = parser.parse_args(arguments)
    if given.what == "truth":
        figures = truth(given.walks, given.actions)
    else:
        figures = {**in_session(), **memory_over(given.minutes)}
        if CHROMIUM:
            figures |= {**on_the_screen(), **first_screen()}
    for name, value in figures.items():
        print(f"  {name:58} {value:12,.1f}")
    if given.keep:
        path = RESULTS / f"playground-{given.what}.json"
        path.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=1) + "\n")
        print(f"written to {path.relative_to(Path.cwd())}")
    return 0


def truth(n_walks: int, n_actions: int) -> dict[str, Any]:
    """Walks over all four problems in turn, and the way back of each; stops at the first number
    that is not the engine's."""
    starts = list(problems().values())
    figures: dict[str, Any] = {}
    for start in starts:
        for kept in (4096, 32):
            equal = there_and_back(start, STEPS, kept)
            figures[f"{start.name}: steps back of {STEPS} with equal bits, {kept} kept"] = equal
    counts = {start.name: Counter[str]() for start in starts}
    with launched() as browser:
        for k in range(n_walks):
            start = starts[k % len(starts)]
            counts[start.name] += walk(browser, start, k, n_actions)
    for name, count in counts.items():
        for where, n in count.items():
            figures[f"{name}: numbers compared, {where}"] = n
    figures["walks"] = n_walks
    figures["numbers compared in all"] = sum(map(sum, (c.values() for c in counts.values())))
    return figures
