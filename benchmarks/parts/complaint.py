"""The network of skorch#1100: 4-500-1 on a CPU, said to train 10 times slower than bare PyTorch."""

from __future__ import annotations

from typing import Any

from benchmarks.cases import Case
from benchmarks.rounds import best, measure
from benchmarks.run import Run
from benchmarks.tables import number, ratio, table

TITLE = "4-500-1 on a CPU, the network of skorch#1100"
_GOALS = {"skorch": 10.0, "PyTorch eager, fused Adam": 3.0, "PyTorch, DataLoader": 3.0}
_SYSTEMS = ("chainrule", *_GOALS, "scikit-learn", "JAX, epoch scan")
_BATCHES = (32, 200, 1000)


def measure_part(run: Run) -> list[dict[str, Any]]:
    names = [name for name in run.systems() if name in _SYSTEMS]
    figures = []
    for batch in _BATCHES:
        case = Case((4, 500, 1), batch, 20_000, task="numbers")
        timings = measure(
            run.pool,
            case,
            dict.fromkeys(names, run.thread_counts),
            rounds=run.rounds,
            seconds=run.seconds,
        )
        medians = {}
        for name in names:
            if (timing := best(timings, [name])) is not None:
                medians[name] = timing.median
        figures.append(
            {
                "name": case.name,
                "medians": medians,
                "timings": [timing.to_json() for timing in timings],
            }
        )
    return figures


def show(figures: list[dict[str, Any]]) -> str:
    rows = []
    for item in figures:
        ours = item["medians"].get("chainrule")
        for system, median in item["medians"].items():
            goal = _GOALS.get(system)
            over = "-" if ours is None or system == "chainrule" else ratio(median / ours)
            aim = f"{goal:g}x" if goal else "-"
            rows.append([item["name"], system, number(median), over, aim])
    errors = [
        f"- {item['name']}: {t['system']} on {t['threads']}: {t['error']}"
        for item in figures
        for t in item["timings"]
        if t["error"]
    ]
    text = table(["net; batch", "system", "us a step", "chainrule is faster by", "goal"], rows)
    return "\n\n".join([text, *errors])
