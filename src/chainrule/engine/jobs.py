"""What `fit_many` knows of its jobs before they begin: work, threads, what they share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chainrule.engine.rows import Params, matrix
from chainrule.errors import ChainruleError
from chainrule.spec import NetworkSpec, TrainingSpec

# Multiply-adds of a step that are worth a further thread: below, waiting takes what it gives.
_WORTH_A_THREAD = 1e6
# What an update of one parameter costs, in multiply-adds of the products.
_UPDATE = 20
_NUMBERS = (np.dtype(np.float32), np.dtype(np.float64))


@dataclass(frozen=True)
class FitJob:
    """One network of `fit_many`: the arguments of `fit`.

    Attributes
    ----------
    spec, params, X, y, training
        As for `fit`.
    options : dict
        Its other keywords.
    """

    spec: NetworkSpec
    params: Params
    X: Any
    y: Any
    training: TrainingSpec
    options: dict[str, Any] = field(default_factory=dict)


def work_of(job: FitJob) -> float:
    """What a job is expected to take, in multiply-adds: 3 a parameter and training row, 1 a
    validation row, and the updates."""
    n = _length(job.X) if job.options.get("rows") is None else _length(job.options["rows"])
    held_out, pair = job.options.get("eval_rows"), job.options.get("eval_set")
    if isinstance(pair, tuple | list) and pair:  # a fit refuses what is no pair
        held_out = pair[0]
    batch = min(job.training.batch_size or n, n)
    n_batches = math.ceil(n / batch) if batch else 0
    visits = 3.0 * n + _length(held_out) + _UPDATE * n_batches
    return job.training.epochs * job.spec.n_parameters * visits


def _length(rows: Any) -> int:
    """How many rows; 0 for what a fit will refuse."""
    try:
        return len(rows)
    except TypeError:
        return 0


def with_threads(jobs: Sequence[FitJob], limit: int) -> list[FitJob]:
    """The jobs with one thread each, or with what is left over where that is worth it."""
    each, more = divmod(limit, max(len(jobs), 1))
    ranks = sorted(range(len(jobs)), key=lambda place: -work_of(jobs[place]))
    found = list(jobs)
    for rank, place in enumerate(ranks):
        job = jobs[place]
        share = each + (rank < more)
        batch = job.training.batch_size or _length(job.X)
        useful = int(3.0 * job.spec.n_parameters * batch / _WORTH_A_THREAD)
        threads = max(1, min(share, useful))
        found[place] = replace(job, training=replace(job.training, n_threads=threads))
    return found


def with_shared_arrays(jobs: Sequence[FitJob]) -> list[FitJob]:
    """The jobs with tables that several of them share converted once, not once a network."""
    keys = [(id(job.X), job.spec.n_features, _dtype_of(job)) for job in jobs]
    converted: dict[Any, Any] = {}
    for job, key in zip(jobs, keys, strict=True):
        if key in converted or keys.count(key) == 1 or key[2] not in _NUMBERS:
            continue
        converted[key] = job.X
        with suppress(ChainruleError):  # the job itself says what is wrong with it
            converted[key] = matrix(job.X, job.spec.n_features, key[2], "X")
    return [replace(job, X=converted.get(key, job.X)) for job, key in zip(jobs, keys, strict=True)]


def _dtype_of(job: FitJob) -> Any:
    """Of the parameters; None where there are none."""
    return next((getattr(value, "dtype", None) for value in job.params.values()), None)
