"""`python -m benchmarks prediction`: how long answers take, of one row and of many at once.

    python -m benchmarks prediction --keep
    python -m benchmarks prediction --rows 2000 --bulk 10000 --rounds 2 --only TabularClassifier

Every library fits a model of its own to one drawn table (20 numbers, two classes), and its score on
new rows stands beside its times: an answer is worth what it says. ONNX Runtime also runs the files
that chainrule writes. Rows come as NumPy arrays of float64. Installs nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import tempfile
from contextlib import ExitStack
from typing import Any

import numpy as np

from benchmarks.machine import machine, machine_line
from benchmarks.machine import warnings as doubts
from benchmarks.prediction.systems import EXPORTED, LIBRARIES
from benchmarks.rounds import say
from benchmarks.run import keep
from benchmarks.tables import number, table
from benchmarks.workers import Worker

TITLE = "Answers of one row and of many"
_PACKAGES = ("numpy", "scikit-learn", "onnxruntime", "onnx", "catboost", "lightgbm")
#: Largest difference of a probability between a model and its export.
AGREED = 1e-4
#: Microseconds of one row that are aimed at.
GOALS = {"TabularClassifier, fast": 100.0, "Network": 10.0}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks prediction", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--rows", type=int, default=8000, help="of the table (8000)")
    parser.add_argument("--bulk", type=int, default=100_000, help="rows of one large call (100000)")
    parser.add_argument("--calls", type=int, default=2000, help="with one row, in a round (2000)")
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (7)")
    parser.add_argument("--only", help="comma-separated beginnings of systems' names")
    parser.add_argument("--keep", action="store_true", help="in benchmarks/results, for the pages")
    given = parser.parse_args(arguments)
    found = machine(_PACKAGES)
    print(machine_line(found))
    print("".join(f"warning: {text}\n" for text in doubts(found)), end="")
    threads = sorted({1, int(found["usable_cores"])})
    only = tuple(given.only.split(",")) if given.only else ()
    figures = measure(given, threads, only)
    print(f"\n{show(figures)}")
    if given.keep:
        print(f"\nkept in {keep('prediction', arguments, found, figures).name}")
    return 0


def measure(given: Any, threads: list[int], only: tuple[str, ...] = ()) -> dict[str, Any]:
    """Every installed library's models with each number of threads, in interleaved rounds."""
    missing = [package for package, _ in LIBRARIES.values() if not _installed(package)]
    timings: list[dict[str, Any]] = []
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        workers: dict[tuple[str, int], Worker] = {}
        for count in threads:
            for library, (package, systems) in LIBRARIES.items():
                if package in missing:
                    continue
                for system in systems:
                    if only and not system.startswith(only):
                        continue
                    if (library, count) not in workers:
                        program = ("benchmarks.prediction.worker", library, str(count), folder)
                        workers[library, count] = stack.enter_context(Worker(count, *program))
                    say(f"prediction: fitting {system} on {count}")
                    said = workers[library, count].ask(
                        do="prepare", system=system, rows=given.rows, held_out=4 * given.rows
                    )
                    timings.append(
                        {"system": system, "library": library, "threads": count, "rounds": []}
                        | {"error": ""}
                        | said
                    )
        compare(timings)
        for timing in timings:
            timing.pop("first", None)  # what was compared
        for turn in range(given.rounds):
            for timing in timings:
                if timing["error"]:
                    continue
                say(f"prediction: round {turn + 1} of {given.rounds}, {timing['system']}")
                reply = workers[timing["library"], timing["threads"]].ask(
                    do="round", system=timing["system"], calls=given.calls, bulk=given.bulk
                )
                if "error" in reply:
                    timing["error"] = reply["error"]
                else:
                    timing["rounds"].append(reply)
    say("")
    return {"rows": given.rows, "bulk": given.bulk, "missing": missing, "timings": timings}


def compare(timings: list[dict[str, Any]]) -> None:
    """Exports whose answers are not those of their model do not count."""
    by_name = {(t["system"], t["threads"]): t for t in timings}
    for timing in timings:
        model = by_name.get((EXPORTED.get(timing["system"], ""), timing["threads"]))
        if model is None or model["error"] or timing["error"]:
            continue
        apart = float(np.abs(np.subtract(timing["first"], model["first"])).max())
        timing["apart"] = apart
        if apart > AGREED:
            timing["error"] = f"its answers differ by {apart:.1e}"


def show(figures: dict[str, Any]) -> str:
    """One row a model: scores, one row's latency and bulk rate on one and on all threads."""
    counted = [t for t in figures["timings"] if t["rounds"] and not t["error"]]
    threads = sorted({t["threads"] for t in counted})
    head = ["model", "log-loss", "accuracy"]
    for count in threads:
        head += [f"one row, us on {count}", "p99", f"rows/s on {count}"]
    rows = []
    for system in dict.fromkeys(t["system"] for t in counted):
        by_count = {t["threads"]: t for t in counted if t["system"] == system}
        first = next(iter(by_count.values()))
        row = [system, f"{first['log_loss']:.3f}", f"{first['accuracy']:.3f}"]
        for count in threads:
            if count not in by_count:
                row += ["-", "-", "-"]
                continue
            row += [
                number(_median(by_count[count], key)) for key in ("p50", "p99", "rows_per_second")
            ]
        rows.append(row)
    lines = [
        f"{figures['rows']:,} rows of 20 numbers to fit, scores on {4 * figures['rows']:,} new "
        f"ones; many rows are {figures['bulk']:,} in one call.",
        "",
        table(head, rows),
    ]
    for system, goal in GOALS.items():
        best = min((_median(t, "p50") for t in counted if t["system"] == system), default=None)
        if best is not None:
            reached = "reached" if best <= goal else "missed"
            lines += ["", f"{system}: {number(best)} us a row, goal {number(goal)} us ({reached})."]
    lines += [
        f"- {t['system']} on {t['threads']}: {t['error']}" for t in figures["timings"] if t["error"]
    ]
    if figures["missing"]:
        lines += ["", f"not installed, so not measured: {', '.join(figures['missing'])}"]
    return "\n".join(lines)


def _median(timing: dict[str, Any], key: str) -> float:
    return statistics.median(found[key] for found in timing["rounds"])


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
