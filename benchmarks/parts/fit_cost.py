"""What a fit takes beside its steps: at its start and end, after an epoch, and for validation.

At start and end the P parameters are copied, packed and transposed into the engine's layout, two
moments are made, and all three come out as arrays: 11 P numbers are read or written at least. After
an epoch without validation the parameters are copied as the last complete ones: 2 P numbers. What
these would take at the measured bandwidth is what the times are multiples of; a validation is a
multiple of its multiply-adds at the peak.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

from benchmarks.cases import Array, Case
from benchmarks.peak import Peak
from benchmarks.tables import number, table
from chainrule import engine

_STEPS = 8
_MOVED, _COPIED = 11, 2  # numbers a parameter
_L3_BYTES = 16 << 20  # from which on they come from memory


def measure(peak: Peak, case: Case, rounds: int, epochs: int = 24) -> dict[str, Any]:
    """Microseconds on one thread: the least of interleaved rounds, and the least possible."""
    X, y = case.data()
    few, one = _STEPS * case.batch, case.batch
    held = (X[:one], y[:one])

    def seconds(n_rows: int, n_epochs: int, eval_set: tuple[Array, Array] | None = None) -> float:
        training = case.training(n_epochs, n_threads=1)
        start = time.perf_counter()
        engine.fit(case.spec, case.params, X[:n_rows], y[:n_rows], training, eval_set=eval_set)
        return time.perf_counter() - start

    few = min(few, len(X))
    n_steps = few // one
    tasks = {
        "none": (few, 0),
        "fit": (few, 1),
        "long": (few, epochs),
        "epochs": (one, epochs),
        "validated": (one, epochs, held),
    }
    best = dict.fromkeys(tasks, float("inf"))
    for _ in range(rounds):
        for name, task in tasks.items():
            best[name] = min(best[name], seconds(*task))
    # An epoch of so many steps, then of one: their difference is n_steps - 1 steps.
    many, single = best["long"] / epochs, best["epochs"] / epochs
    step = (many - single) / (n_steps - 1) if n_steps > 1 else single
    products = sum(a * b for a, b in pairwise(case.sizes))
    parameters = sum((a + 1) * b for a, b in pairwise(case.sizes))
    return {
        "name": case.name,
        "parameters": parameters,
        "call_us": 1e6 * best["none"],
        "own_us": 1e6 * max(best["fit"] - many, 0.0),
        "own_least_us": 1e6 * _moving(peak, _MOVED * parameters),
        "epoch_us": 1e6 * max(single - step, 0.0),
        "epoch_least_us": 1e6 * _moving(peak, _COPIED * parameters),
        "validation_us": 1e6 * max(best["validated"] - best["epochs"], 0.0) / epochs,
        "validation_least_us": 1e6 * 2 * one * products / peak.flops[1],
    }


def _moving(peak: Peak, numbers: int) -> float:
    """Seconds that so many float32 numbers take from where so many lie."""
    return 4 * numbers / (peak.dram if 4 * numbers > _L3_BYTES else peak.l3)


def show(figures: list[dict[str, Any]]) -> str:
    rows = []
    for item in figures:
        row = [item["name"], f"{item['parameters']:,}", number(item["call_us"])]
        for key in ("own", "epoch", "validation"):
            took, least = item[f"{key}_us"], item[f"{key}_least_us"]
            row.append(f"{number(took)} ({took / least:.1f}x)")
        rows.append(row)
    head = ["net; batch", "parameters", "a call without an epoch, us"]
    head += ["start and end, us (of bandwidth)", "after an epoch, us (of bandwidth)"]
    head += ["validation of one batch, us (of the peak)"]
    return table(head, rows)
