"""What training adds to a process that holds the data already."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from benchmarks.cases import TABLE_1
from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, table
from benchmarks.workers import peer_worker

TITLE = "Memory"
_CASES = (TABLE_1[2], TABLE_1[5], TABLE_1[6])
_SYSTEMS = (
    "chainrule",
    "PyTorch eager, fused Adam",
    "JAX, epoch scan",
    "scikit-learn",
    "skorch",
)


def measure_part(run: Run) -> list[dict[str, Any]]:
    """MiB in a fresh process with one thread: before training, and the peak's rise by it."""
    figures = []
    for case in _CASES:
        found: dict[str, Any] = {}
        for system in _SYSTEMS:
            if system not in run.systems():
                continue
            say(f"memory: {case.name}, {system}")
            with peer_worker(run.pool.module_of[system], 1) as worker:
                reply = worker.ask(do="memory", system=system, case=case.to_json(), epochs=1)
            if "error" in reply:
                print(f"{case.name}: {system}: {reply['error']}")
            else:
                found[system] = {"before": reply["before"], "added": reply["added"]}
        parameters = sum((a + 1) * b for a, b in pairwise(case.sizes))
        figures.append({"name": case.name, "parameters": parameters, "systems": found})
    say("")
    return figures


def show(figures: list[dict[str, Any]]) -> str:
    rows = [
        [
            item["name"],
            f"{item['parameters'] * 4 / 2**20:.1f}",
            system,
            number(found["before"]),
            number(found["added"]),
        ]
        for item in figures
        for system, found in item["systems"].items()
    ]
    head = ["net; batch", "parameters, MiB", "system", "process with data, MiB", "training adds"]
    return table(head, rows)
