"""A process that trains the networks in one way: `python -m benchmarks.many.worker FILE THREADS`.

{"do": "prepare", "system": ..., "workload": {...}, "epochs": ...}   compiles, tells the losses
{"do": "round"}                                                      one timed run
"""

from __future__ import annotations

import importlib
import sys
import time
from typing import Any

from benchmarks.many.system import System
from benchmarks.many.workload import Workload
from benchmarks.workers import answer_requests


def serve(module_name: str, threads: int) -> None:
    module = importlib.import_module(f"benchmarks.many.{module_name}")
    ready: dict[str, tuple[System, int]] = {}

    def run(system: System, epochs: int) -> tuple[float, list[list[float]]]:
        system.reset()
        start = time.perf_counter()
        losses = system.train(epochs)
        return time.perf_counter() - start, losses

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        name = request["system"]
        if request["do"] == "prepare":
            system = module.SYSTEMS[name](Workload.from_json(request["workload"]), threads)
            ready[name] = system, request["epochs"]
            first, losses = run(*ready[name])
            return {"losses": losses, "first_seconds": first}
        return {"seconds": run(*ready[name])[0]}

    answer_requests(answer)


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]))
