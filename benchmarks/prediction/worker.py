"""A process of one library: `python -m benchmarks.prediction.worker LIBRARY THREADS FOLDER`.

{"do": "prepare", "system": ..., "rows": ..., "held_out": ...}   fits, and says its scores
{"do": "round", "system": ..., "calls": ..., "bulk": ...}        one row many times, many at once
"""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.prediction.systems import LIBRARIES, Predict
from benchmarks.prediction.table import drawn, scores
from benchmarks.workers import answer_requests


def prepare(library: str, system: str, threads: int, folder: Path, request: Any) -> Any:
    """The fitted model, its scores, and its answers to the first held-out rows."""
    X, y = drawn(request["rows"])
    X_new, y_new = drawn(request["held_out"], seed=2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        predict = LIBRARIES[library][1][system](X, y, threads, folder)
    proba = np.asarray(predict(X_new))
    return predict, {**scores(proba, y_new), "first": proba[:100, 1].tolist()}


def timed(predict: Predict, calls: int, bulk: int) -> dict[str, float]:
    """Microseconds of a call with one row, median and 99th of a hundred; rows a second of many."""
    X = drawn(bulk, seed=3)[0]
    rows = [X[k % bulk : k % bulk + 1].copy() for k in range(min(calls, 64))]
    for row in rows:
        predict(row)
    spent = np.empty(calls)
    for k in range(calls):
        row = rows[k % len(rows)]
        start = time.perf_counter()
        predict(row)
        spent[k] = time.perf_counter() - start
    predict(X)
    start = time.perf_counter()
    predict(X)
    seconds = time.perf_counter() - start
    p50, p99 = np.percentile(spent, [50, 99]) * 1e6
    return {"p50": float(p50), "p99": float(p99), "rows_per_second": bulk / seconds}


def serve(library: str, threads: int, folder: Path) -> None:
    ready: dict[str, Predict] = {}

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        system = request["system"]
        if request["do"] == "prepare":
            ready[system], said = prepare(library, system, threads, folder, request)
            return said
        return timed(ready[system], request["calls"], request["bulk"])

    answer_requests(answer)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
