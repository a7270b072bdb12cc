"""What limits chainrule here: the same networks without validation, and without embeddings."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from benchmarks.many.workload import Workload
from chainrule import engine
from chainrule.spec import NetworkSpec


def measure(workload: Workload, rounds: int, networks: Sequence[int] | None = None) -> Any:
    """Seconds of the processor for an epoch of some of the networks, on one thread.

    Processor time, which other work on the machine changes least; the least of interleaved rounds.
    """
    chosen = range(0, workload.n_networks, 4) if networks is None else networks
    X, y = workload.data
    n = workload.rows
    wide = np.random.default_rng(0).standard_normal((len(X), workload.n_inputs)).astype(np.float32)
    rows, held_out = np.arange(n), np.arange(n, n + workload.held_out)
    training = workload.training(1)
    best = dict.fromkeys(("whole", "no validation", "no embedding"), float("inf"))
    for _ in range(rounds):
        spent = dict.fromkeys(best, 0.0)
        for network in chosen:
            spec = workload.spec(network)
            dense = NetworkSpec(workload.n_inputs, spec.layers[1:], spec.loss)
            for name, kind, table in (
                ("whole", spec, X),
                ("no validation", spec, X),
                ("no embedding", dense, wide),
            ):
                job = engine.FitJob(kind, engine.initialize(kind, seed=network), table, y, training)
                job.options.update(rows=rows)
                if name == "whole":
                    job.options.update(eval_rows=held_out)
                start = time.process_time()
                engine.fit_many([job], n_threads=1)
                spent[name] += time.process_time() - start
        best = {name: min(least, spent[name]) for name, least in best.items()}
    products = sum(a * b for network in chosen for a, b in pairwise(workload.sizes(network)))
    return {**best, "flops": 6.0 * n * products, "networks": len(chosen)}


def show(found: dict[str, Any], peak: float) -> str:
    """A sentence of shares."""
    whole, dense = found["whole"], found["no embedding"]
    validation = max(whole - found["no validation"], 0.0) / whole
    embedding = max(found["no validation"] - dense, 0.0) / whole
    at_peak = found["flops"] / peak / whole
    return (
        f"Of chainrule's time on one thread ({found['networks']} of the networks) validation takes "
        f"{validation:.0%}, the periodic embeddings {embedding:.0%}, the dense layers "
        f"{dense / whole:.0%}; their multiply-adds at the peak would take {at_peak:.0%}."
    )
