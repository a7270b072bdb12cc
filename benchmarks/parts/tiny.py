"""Networks of a few units against the time that no program for this machine can go below.

A step of so small a network is a chain of operations that wait for each other, so its bound is the
sum of their latencies, measured in this process on one vector:

    forward    a layer: n_in multiply-adds and the bias; relu one more, tanh an exponential, a
               division and two; softmax n_out - 1 to the maximum, n_out - 1 to the sum, an
               exponential, a division and two
    backward   one to the loss's delta; a layer above the first n_out multiply-adds and one; the
               gradient of the first layer one a vector of rows, and four for the sum of its lanes
    Adam       four multiply-adds, a square root, a division

each next one beginning with the parameters of the last. With more rows than a vector holds, or more
units than a few, the multiply-adds themselves take longer than the chain: the larger of the two is
the bound. Steps may overlap a little, where a layer's update needs not wait for another's.
"""

from __future__ import annotations

import math
import statistics
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.cases import Case
from benchmarks.parts.grid import interleaved
from benchmarks.run import Run
from benchmarks.tables import number, percent, table
from chainrule import _core

TITLE = "Tiny networks against the latency of their operations"
_LANES = {"amx": 16, "avx512": 16, "avx2": 8, "neon": 4, "portable": 4}
_TREE = 4  # levels of the sum of 16 lanes
CASES = (
    Case((2, 2, 2), 4, 4),
    Case((2, 4, 1), 4, 4, task="numbers"),
    Case((4, 16, 3), 32, 150),
    Case((8, 8, 8, 1), 16, 160, task="numbers"),
    Case((24, 8, 2), 200, 200, "tanh"),
)
# Shares aimed at: of the chain of latencies, of the peak of multiply-adds.
_GOALS = {"2-2-2; 4": (0.35, None), "4-16-3; 32": (None, 0.3), "24-8-2; 200": (None, 0.3)}


@dataclass(frozen=True)
class Latencies:
    """Nanoseconds from an operation's numbers to its result."""

    multiply_add: float
    divide: float
    square_root: float
    exponential: float

    @classmethod
    def measured(cls, rounds: int = 200) -> Latencies:
        return cls(*(_core.latency(name, rounds) for name in cls.__dataclass_fields__))


def chain(case: Case, latencies: Latencies, lanes: int) -> float:
    """Nanoseconds of a step's longest chain of operations."""
    links = 0.0  # multiply-adds, or what takes as long
    others = 0.0
    *hidden, last = range(1, len(case.sizes))
    for l in hidden:
        links += case.sizes[l - 1] + 1
        if case.activation == "tanh":
            links += 2
            others += latencies.exponential + latencies.divide
        else:
            links += 1
    links += case.sizes[last - 1] + 1
    if case.task == "classes":
        links += 2 * (case.sizes[last] - 1) + 2
        others += latencies.exponential + latencies.divide
    links += 1
    for l in hidden:
        links += case.sizes[l + 1] + 1
    links += math.ceil(case.batch / lanes) + _TREE
    links += 4
    others += latencies.square_root + latencies.divide
    return links * latencies.multiply_add + others


def measure_part(run: Run) -> dict[str, Any]:
    latencies = Latencies.measured()
    lanes = _LANES.get(run.machine["engine"]["isa"], 4)
    figures = []
    for case in CASES:
        times = interleaved(case, (1,), run.rounds, run.seconds / 3)
        figures.append(
            {
                "name": case.name,
                "flops": case.flops,
                "step_ns": 1e3 * statistics.median(times[1]),
                "chain_ns": chain(case, latencies, lanes),
                "peak_ns": 1e9 * case.flops / run.peak.flops[1],
            }
        )
    return {"latencies": asdict(latencies), "cases": figures}


def show(figures: dict[str, Any]) -> str:
    rows = []
    for item in figures["cases"]:
        step, waits, peak = item["step_ns"], item["chain_ns"], item["peak_ns"]
        bound, what = max((waits, "latencies"), (peak, "multiply-adds"))
        rows.append(
            [item["name"]]
            + [number(value) for value in (waits, peak, step)]
            + [f"{percent(bound / step)} ({what})", percent(peak / step), _goal(item)]
        )
    head = ["net; batch", "latencies, ns", "multiply-adds, ns", "a step, ns"]
    head += ["share of the bound", "of the peak", "goal"]
    told = ", ".join(
        f"{name.replace('_', ' ')} {number(value)}" for name, value in figures["latencies"].items()
    )
    return f"{table(head, rows)}\n\nLatencies in ns, measured beside it: {told}."


def _goal(item: dict[str, Any]) -> str:
    """What is aimed at, and whether it is missed."""
    of_chain, of_peak = _GOALS.get(item["name"], (None, None))
    if of_chain is not None:
        goal, share, what = of_chain, item["chain_ns"] / item["step_ns"], "latencies"
    elif of_peak is not None:
        goal, share, what = of_peak, item["peak_ns"] / item["step_ns"], "peak"
    else:
        return "-"
    return f"{percent(goal)} of the {what}{'' if share >= goal else ' (missed)'}"
