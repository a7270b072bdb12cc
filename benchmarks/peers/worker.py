"""A process that measures one file of peers with one number of threads.

`python -m benchmarks.peers.worker MODULE THREADS` reads one JSON request a line and answers each
with one line:

    {"do": "prepare", "system": ..., "case": {...}, "seconds": ...}
    {"do": "round", "system": ...}          one timed run
    {"do": "predict", "system": ..., "case": {...}, "bulk": rows}
    {"do": "cold", "system": ..., "case": {...}, "epochs": ...}     from arrays to trained, once
    {"do": "fit", "system": ..., "case": {...}, "fits": ...}        of one epoch, set-up included
    {"do": "memory", "system": ..., "case": {...}, "epochs": ...}
    {"do": "drop"}                          forget what was prepared
"""

from __future__ import annotations

import gc
import importlib
import math
import sys
import time
from dataclasses import replace
from typing import Any

from benchmarks.cases import Case
from benchmarks.peers.probes import cold, fit, memory, predict
from benchmarks.workers import answer_requests

_PROBES = {"predict": predict, "cold": cold, "fit": fit, "memory": memory}


class Prepared:
    """A system on a case, with the number of epochs that fills a round."""

    def __init__(self, kind: Any, request: dict[str, Any], threads: int) -> None:
        self.case = Case.from_json(request["case"])
        start = time.perf_counter()
        self.system = kind(self.case, threads)
        self.system.reset()
        self.system.train(1)
        self.first_seconds = time.perf_counter() - start
        self.system.tune()
        self.warmed: set[int] = set()
        self.losses = self._check(kind, threads)
        self.epochs = self._epochs_for(request["seconds"])

    def _check(self, kind: Any, threads: int) -> list[float]:
        """Losses of 16 steps: further on, rounding grows until no two programs agree."""
        case = replace(self.case, rows=min(self.case.rows, 8 * self.case.batch))
        return kind(case, threads).losses(math.ceil(16 / case.n_batches))

    def _epochs_for(self, seconds: float) -> int:
        epochs = max(1, math.ceil(20 / self.case.n_batches))
        while True:
            self.warm(epochs)  # the first run may compile, which says nothing about a step
            spent = self._run(epochs)
            if spent > seconds / 8:
                return max(1, round(epochs * seconds / spent))
            epochs = math.ceil(epochs * min(100.0, seconds / 4 / spent))

    def _run(self, epochs: int) -> float:
        self.system.reset()
        start = time.perf_counter()
        self.system.train(epochs)
        self.warmed.add(epochs)
        return time.perf_counter() - start

    def round(self) -> dict[str, Any]:
        return {"seconds": self._run(self.epochs), "steps": self.epochs * self.case.n_batches}

    def warm(self, epochs: int) -> None:
        """Compile for this number of epochs where that has not happened."""
        if epochs not in self.warmed:
            self._run(epochs)


def serve(module_name: str, threads: int) -> None:
    start = time.perf_counter()
    module = importlib.import_module(f"benchmarks.peers.{module_name}")
    import_seconds = time.perf_counter() - start
    prepared: dict[str, Prepared] = {}

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        name = request.get("system", "")
        if request["do"] == "prepare":
            prepared[name] = item = Prepared(module.SYSTEMS[name], request, threads)
            item.warm(item.epochs)
            return {
                "losses": item.losses,
                "first_seconds": item.first_seconds,
                "import_seconds": import_seconds,
                "setting": item.system.setting,
            }
        if request["do"] == "round":
            return prepared[name].round()
        if request["do"] in _PROBES:
            kind = module.SYSTEMS[name]
            return {
                "import_seconds": import_seconds,
                **_PROBES[request["do"]](kind, Case.from_json(request["case"]), threads, request),
            }
        prepared.clear()
        gc.collect()
        return {}

    answer_requests(answer)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
