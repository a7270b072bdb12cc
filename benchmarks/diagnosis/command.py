"""`python -m benchmarks diagnosis`: bad trainings named and mended, false alarms on good ones.

python -m benchmarks diagnosis                    # the first half: every miss is printed
python -m benchmarks diagnosis --half "held back" # the other half
python -m benchmarks diagnosis --keep             # both, into results/ and docs/diagnosis.md
python -m benchmarks diagnosis --recall           # eight kinds on all forty tables
"""

from __future__ import annotations

import argparse
import json
import time
import warnings
from pathlib import Path
from typing import Any

from benchmarks.diagnosis import corpus, page, recall

RESULTS = Path(__file__).resolve().parent.parent / "results" / "diagnosis.json"


def run(half: str, seed: int = 0) -> dict[str, Any]:
    """All bad trainings and all healthy ones of one half."""
    place = corpus.HALVES.index(half)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bad = [corpus.tried(*case) for case in corpus.bad(place, seed)]
        healthy = [corpus.looked(*case) for case in corpus.healthy(place, seed)]
    return {"half": half, "seed": seed, "bad": bad, "healthy": healthy}


def figures(result: dict[str, Any]) -> dict[str, float]:
    """Shares of a half: cause named, fix works where one can be applied, false alarms."""
    bad, healthy = result["bad"], result["healthy"]
    code = [case for case in bad if case["works"] is not None]
    return {
        "kinds": len({case["kind"] for case in bad}),
        "bad": len(bad),
        "named": sum(case["named"] for case in bad),
        "with_code": len(code),
        "mended": sum(case["works"] for case in code),
        "healthy": len(healthy),
        "false_alarms": sum(bool(case["codes"]) for case in healthy),
    }


def report(result: dict[str, Any]) -> None:
    """Print the figures of a half and every miss."""
    f = figures(result)
    print(f"\n{result['half']} half, seed {result['seed']}: {f['bad']} bad trainings of "
          f"{f['kinds']} kinds")  # fmt: skip
    print(f"  cause named   {f['named']:3} of {f['bad']:3} = {f['named'] / f['bad']:.1%}")
    print(f"  fix works     {f['mended']:3} of {f['with_code']:3} = "
          f"{f['mended'] / f['with_code']:.1%}  (code, applied literally)")  # fmt: skip
    print(f"  false alarms  {f['false_alarms']:3} of {f['healthy']:3} healthy trainings")
    for case in result["bad"]:
        if not case["named"] or case["works"] is False:
            what = "not named" if not case["named"] else "not mended"
            print(f"    {what}: {case['kind']}, {case['strength']}, {case['object']} on "
                  f"{case['table']}: {', '.join(case['codes']) or 'nothing found'}")  # fmt: skip
    for case in result["healthy"]:
        if case["codes"]:
            print(f"    false alarm: {case['object']} on {case['table']}: {case['sentence']}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks diagnosis", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--half", choices=corpus.HALVES, default=corpus.HALVES[0])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true", help="both halves, kept, and the page")
    parser.add_argument("--recall", action="store_true", help="eight kinds on forty tables")
    given = parser.parse_args(arguments)
    if given.recall:
        return recall.main(["--seed", str(given.seed)])
    start = time.perf_counter()
    halves = corpus.HALVES if given.keep else (given.half,)
    results = [run(half, given.seed) for half in halves]
    for result in results:
        report(result)
    if given.keep:
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        print(f"\n{RESULTS}\n{page.write(results)}")
    print(f"\n{time.perf_counter() - start:.0f} s")
    return 0
