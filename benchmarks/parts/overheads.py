"""What is not arithmetic: a fit's call, a step's fixed cost, the latency of one prediction."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.cases import TABLE_1, Case
from benchmarks.parts import fit_cost
from benchmarks.parts.grid import interleaved
from benchmarks.run import Run
from benchmarks.tables import number, table
from chainrule import Network

TITLE = "Cost beside the arithmetic"
_DEPTHS = (1, 2, 4, 8)
_PREDICTED = ((4, 16, 3), (20, 32, 32, 2), (13, 64, 1))
_BULK_ROWS = 100_000
_FITTED = (TABLE_1[2], TABLE_1[3], TABLE_1[5], TABLE_1[6])


def measure_part(run: Run) -> dict[str, Any]:
    return {
        "fit": fit_call(run.rounds),
        "step": step_cost(run),
        "own": [fit_cost.measure(run.peak, case, run.rounds) for case in _FITTED],
        "predict": [predictions(run, sizes) for sizes in _PREDICTED],
    }


def fit_call(rounds: int) -> dict[str, float]:
    """Microseconds of `Network.fit` on a 150 x 4 table without an epoch, and of a callback."""
    case = Case((4, 16, 3), 32, 150)
    random = np.random.default_rng(0)
    X = random.standard_normal((150, 4)).astype(np.float32)
    y = random.integers(3, size=150)
    network = Network(list(case.sizes), loss="cross_entropy")
    network.fit(X, y, epochs=1)
    epochs = 200

    def fit(callback: Any) -> Callable[[], Any]:
        return lambda: network.fit(X, y, epochs=epochs, callback=callback, n_threads=1)

    plain = per_call(fit(None), 1, rounds)
    called = per_call(fit(lambda epoch, history: None), 1, rounds)
    return {
        "call": per_call(lambda: network.fit(X, y, epochs=0), 50, rounds),
        "one_epoch": per_call(lambda: network.fit(X, y, epochs=1, n_threads=1), 50, rounds),
        "callback": (called - plain) / epochs,
    }


def step_cost(run: Run) -> dict[str, float]:
    """Time of a step of networks of one unit a layer at batch 1, as fixed + depth * layer."""
    medians = []
    for depth in _DEPTHS:
        case = Case((1,) * (depth + 1), 1, 64, optimizer="sgd", task="numbers")
        times = interleaved(case, (1,), run.rounds, run.seconds / 3)
        medians.append(statistics.median(times[1]))
    layer, fixed = np.polyfit(_DEPTHS, medians, 1)
    return {"fixed_ns": float(fixed) * 1e3, "layer_ns": float(layer) * 1e3}


def predictions(run: Run, sizes: tuple[int, ...]) -> dict[str, Any]:
    """One row by one call, and many rows by one call, through each library's own predict."""
    case = Case(sizes, 32, 320, task="numbers" if sizes[-1] == 1 else "classes")
    found: dict[str, Any] = {
        "sizes": sizes,
        "parameters": sum((a + 1) * b for a, b in pairwise(sizes)),
        "one_row": {},
        "bulk_rows_per_second": {},
    }
    for system in ("chainrule", "PyTorch eager, fused Adam", "scikit-learn", "JAX, epoch scan"):
        if system not in run.systems():
            continue
        for threads in run.thread_counts:
            reply = run.pool.worker(system, threads).ask(
                do="predict", system=system, case=case.to_json(), bulk=_BULK_ROWS
            )
            if "error" in reply:
                print(f"{case.name}: {system} on {threads}: {reply['error']}")
                continue
            for key, better in (("one_row", min), ("bulk_rows_per_second", max)):
                value = reply[key]
                found[key][system] = better(found[key].get(system, value), value)
    return found


def per_call(function: Callable[[], Any], calls: int, rounds: int) -> float:
    """Median over rounds of microseconds a call."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        times.append((time.perf_counter() - start) / calls * 1e6)
    return statistics.median(times)


def show(figures: dict[str, Any]) -> str:
    fit, step = figures["fit"], figures["step"]
    rows = [
        ["`Network.fit` on 150 x 4 float32, no epoch", f"{number(fit['call'])} us", "200 us"],
        ["the same, one epoch of 5 steps", f"{number(fit['one_epoch'])} us", "-"],
        ["a callback after an epoch", f"{number(fit['callback'])} us", "2 us"],
        ["a step beside its arithmetic", f"{number(step['fixed_ns'])} ns", "80 ns"],
        ["and each layer of it", f"{number(step['layer_ns'])} ns", "25 ns"],
    ]
    blocks = [table(["cost", "measured", "goal"], rows)]
    if "own" in figures:  # those measured before have none
        blocks.append(fit_cost.show(figures["own"]))
    systems = list(figures["predict"][0]["one_row"])
    for key, title, unit in (
        ("one_row", "one row, us a call", 1.0),
        ("bulk_rows_per_second", f"{_BULK_ROWS} rows, million rows a second", 1e-6),
    ):
        rows = [
            [f"{'-'.join(map(str, item['sizes']))} ({item['parameters']} parameters)"]
            + [number(item[key][s] * unit) if s in item[key] else "-" for s in systems]
            for item in figures["predict"]
        ]
        blocks.append(table([f"predict, {title}", *systems], rows))
    return "\n\n".join(blocks)
