"""How a step's time grows with rows, features, width and threads."""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import Any

from benchmarks.cases import TABLE_1, Case
from benchmarks.parts.grid import interleaved
from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, percent, table

TITLE = "Growth with rows, features, width and threads"
_BASE = Case((20, 128, 64, 2), 32, 8192)
_SERIES = {
    "rows": [replace(_BASE, rows=rows) for rows in (1_024, 8_192, 65_536, 524_288)],
    "features": [replace(_BASE, sizes=(n, 128, 64, 2)) for n in (4, 20, 100, 500, 2_000)],
    "width": [replace(_BASE, sizes=(20, n, n, 2)) for n in (16, 64, 256, 1_024)],
    "table 1": list(TABLE_1),
}


def measure_part(run: Run) -> list[dict[str, Any]]:
    """Microseconds per step, rows shuffled as by default, by number of threads."""
    figures = []
    for series, cases in _SERIES.items():
        for case in cases:
            say(f"scaling: {series}, {case.name}")
            times = interleaved(case, run.thread_counts, run.rounds, run.seconds / 3, shuffle=True)
            figures.append(
                {
                    "series": series,
                    "name": case.name,
                    "rows": case.rows,
                    "medians": {t: statistics.median(values) for t, values in times.items()},
                    "share": run.peak.share(case.flops, statistics.median(times[1]), 1),
                }
            )
    say("")
    return figures


def show(figures: list[dict[str, Any]]) -> str:
    # Keys of a JSON object are text.
    threads = sorted(int(t) for t in figures[0]["medians"])
    head = ["along", "net; batch", "rows", *(f"us on {t}" for t in threads)]
    head += ["% of peak on 1", *(f"gain of {t}" for t in threads[1:])]
    rows = []
    for item in figures:
        medians = {int(t): value for t, value in item["medians"].items()}
        rows.append(
            [item["series"], item["name"], f"{item['rows']:,}"]
            + [number(medians[t]) for t in threads]
            + [percent(item["share"])]
            + [f"{medians[1] / medians[t]:.2f}" for t in threads[1:]]
        )
    return table(head, rows)
