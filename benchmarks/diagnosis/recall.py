"""How many seeded faults `diagnose` finds, and how often it cries wolf.

    python -m benchmarks.diagnosis            # both halves of the tables
    python -m benchmarks.diagnosis --list     # and every miss and false alarm

Eight kinds of fault on each of forty tables, and five healthy trainings of each. The limits in
`chainrule.explain.diagnosis.detectors.TABLE` were chosen on the tables at even places; those at odd
places judge them.
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from collections import Counter
from typing import Any

import numpy as np

from benchmarks.diagnosis.faults import FAULTS, RECIPES, healthy
from benchmarks.diagnosis.tables import Table, tables

HALVES = ("that chose the limits", "held out")


def run(table: Table, place: int, seed: int) -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """What was seeded -> [(where, codes found)]; healthy runs stand under "".

    A rate that training itself names and lowers is found.
    """
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for number, (code, seeded) in enumerate(FAULTS.items()):
        rng = np.random.default_rng([seed, place, number])
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            codes = seeded(table, rng)[1].codes
        lowered = any("is too high; training goes on" in str(one.message) for one in told)
        found[code] = [(table.name, (*codes, *["rate-too-high"] * lowered))]
    variants = [seed * len(RECIPES) + k for k in range(len(RECIPES))]
    good = [healthy(table, variant)[1] for variant in variants]
    found[""] = [(f"{table.name}, recipe {k}", d.codes) for k, d in enumerate(good)]
    return found


def report(half: str, runs: list[dict[str, Any]], names: bool) -> dict[str, Any]:
    """Print the recall of each fault and the false alarms of one half."""
    print(f"\ntables {half}")
    hits = total = 0
    recall = {}
    for code in FAULTS:
        cases = [case for run in runs for case in run[code]]
        missed = [(where, codes) for where, codes in cases if code not in codes]
        hits, total = hits + len(cases) - len(missed), total + len(cases)
        recall[code] = 1 - len(missed) / len(cases)
        beside = Counter(c for _, codes in cases for c in codes if c != code).most_common(3)
        others = ", ".join(f"{c} {n}" for c, n in beside)
        print(f"  {code:16} {len(cases) - len(missed):3} of {len(cases):3}   also: {others}")
        for where, codes in missed if names else []:
            print(f"      missed on {where}: {', '.join(codes) or 'nothing found'}")
    cases = [case for run in runs for case in run[""]]
    alarms = [(where, codes) for where, codes in cases if codes]
    print(f"  found {hits} of {total} = {hits / total:.1%}")
    print(f"  false alarms in {len(alarms)} of {len(cases)} healthy runs = "
          f"{len(alarms) / len(cases):.1%}")  # fmt: skip
    for where, codes in alarms:
        print(f"      {where}: {', '.join(codes)}")
    return {"recall": recall, "found": hits / total, "false_alarms": len(alarms) / len(cases)}


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=1, help="as many seeds, one after another")
    parser.add_argument("--list", action="store_true", help="name every miss")
    parser.add_argument("--half", choices=("even", "odd"), help="one half of the tables alone")
    parser.add_argument("--json", action="store_true", help="print a document at the end")
    given = parser.parse_args(arguments)
    start = time.perf_counter()
    runs: list[tuple[int, dict[str, Any]]] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for place, table in enumerate(tables(given.seed)):
            if given.half is None or place % 2 == (given.half == "odd"):
                seeds = range(given.seed, given.seed + given.repeats)
                runs += [(place, run(table, place, seed)) for seed in seeds]
    results = {}
    for parity, half in enumerate(HALVES):
        chosen = [found for place, found in runs if place % 2 == parity]
        if chosen:
            results[half] = report(half, chosen, given.list)
    print(f"\n{time.perf_counter() - start:.0f} s, seed {given.seed}")
    if given.json:
        print(json.dumps(results, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
