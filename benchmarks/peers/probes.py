"""What a worker measures besides steps: predictions, a first fit, whole fits, memory."""

from __future__ import annotations

import gc
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.cases import Case

_STATUS = Path("/proc/self/status")
# Seconds for which idle threads may spin on: of the last system, and of NumPy, which made the rows.
_PAUSE = 0.1


def predict(kind: Any, case: Case, threads: int, request: dict[str, Any]) -> dict[str, float]:
    """Microseconds of a call with one row, and rows a second of a call with many."""
    system = kind(case, threads)
    system.reset()
    call = system.predictor()
    X = np.random.default_rng(0).standard_normal((request["bulk"], case.sizes[0]))
    X = X.astype(np.float32)
    one = X[:1]
    return {
        "one_row": 1e6 * min(_seconds(call, one, 200) for _ in range(20)),
        "bulk_rows_per_second": len(X) / min(_seconds(call, X, 1) for _ in range(7)),
    }


def _seconds(call: Any, X: Any, times: int) -> float:
    call(X)
    start = time.perf_counter()
    for _ in range(times):
        call(X)
    return (time.perf_counter() - start) / times


def cold(kind: Any, case: Case, threads: int, request: dict[str, Any]) -> dict[str, float]:
    """Seconds from arrays to a trained network in a fresh process, and of a second time."""
    case.data()  # whatever a table's source imports is not the system's time
    found = {}
    for key in ("first_seconds", "again_seconds"):
        start = time.perf_counter()
        system = kind(case, threads)
        system.reset()
        system.train(request["epochs"])
        found[key] = time.perf_counter() - start
    return found


#: Seconds of fits after which no further one is made in a round.
_ENOUGH = 1.0


def fit(kind: Any, case: Case, threads: int, request: dict[str, Any]) -> dict[str, float]:
    """Seconds from given rows and starting weights to one epoch's: the fastest of some fits.

    The first one, which may compile, is told apart.
    """
    system = kind(case, threads)
    time.sleep(_PAUSE)
    found: list[float] = []
    while len(found) < 2 or (len(found) <= request["fits"] and sum(found[1:]) < _ENOUGH):
        start = time.perf_counter()
        system.reset()
        system.train(1)
        found.append(time.perf_counter() - start)
    return {"seconds": min(found[1:]), "first_seconds": found[0]}


def memory(kind: Any, case: Case, threads: int, request: dict[str, Any]) -> dict[str, float]:
    """MiB: of the process with the data in it, and what training adds at most (Linux)."""
    if not _STATUS.exists():
        raise NotImplementedError("the system does not tell the peak of a process's memory")
    system = kind(case, threads)
    system.reset()
    gc.collect()
    before = peak_from_here()
    system.train(request["epochs"])
    return {"before": before, "added": peak_so_far() - before}


def peak_from_here() -> float:
    """MiB that the process holds now; its peak starts anew from here (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _mebibytes("VmRSS")


def peak_so_far() -> float:
    """MiB at the peak since then."""
    return _mebibytes("VmHWM")


def _mebibytes(name: str) -> float:
    line = next(line for line in _STATUS.read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) / 1024
