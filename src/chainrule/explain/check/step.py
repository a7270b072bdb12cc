"""Whether `fit` makes the step that is shown: real steps of it, bit for bit.

A trace makes its step on the plain path. `fit` may take others: small networks run in two calls,
several threads share the work, clipping waits for the norm, rows are gathered in batches, and the
transposed weights of one step serve the next. All give the same bits, so any difference is a fault.

Each way through `fit` makes a few steps from the same parameters and moments; the same steps are
traced, one after the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import DivergedError
from chainrule.explain.check.stand_in import follows_its_rules
from chainrule.explain.notation.verdicts import OK, UNCHECKED, WRONG, Verdict
from chainrule.reference.arrays import Array, Indices, Params
from chainrule.reference.random import permutation
from chainrule.spec import NetworkSpec, Schedule, TrainingSpec, TrainingState

SUBJECT = "step of fit"
STEPS = 3  # of a full batch: what one leaves behind, the next ones use


@dataclass(frozen=True)
class Way:
    """One way through `fit`: in words, with so many threads, in batches of so many rows."""

    words: str
    n_threads: int
    batch_size: int | None = None


def steps_of_fit(
    spec: NetworkSpec,
    params: Params,
    X: Array,
    y: Any,
    training: TrainingSpec,
    *,
    sample_weight: Array | None = None,
    state: TrainingState | None = None,
) -> Verdict:
    """The verdict on the steps that `fit` makes on these rows, in the parameters' number type.

    Dropout is on, with the masks of each epoch. The rate is that of the first step, without a
    schedule; what lies between steps is looked at in a small network that stands in.
    """
    before = (state or TrainingState(training.optimizer)).continued_by(training.optimizer)
    for n_epochs in (STEPS, 1):  # a rate that is too high may allow no more than one
        run = _Run(spec, params, X, y, _steady(training), sample_weight, before, n_epochs)
        count = 0
        for way in _ways(spec, training, len(X), sample_weight):
            try:
                difference, n_steps = run.difference(way)
            except DivergedError:
                continue
            if difference:
                return Verdict(SUBJECT, WRONG, f"fit {way.words} goes elsewhere: {difference}")
            count += n_steps
        if count:
            if not follows_its_rules(training, sample_weight is not None):
                told = "in a small network, fit and the reference go different ways"
                return Verdict(SUBJECT, WRONG, told)
            told = f"{count} steps, bit for bit those that explain shows"
            return Verdict(SUBJECT, OK, told)
    return Verdict(
        SUBJECT, UNCHECKED, "fit makes no step, since the loss leaves the finite numbers"
    )


def _steady(training: TrainingSpec) -> TrainingSpec:
    """The same without what ends or changes a training in its course."""
    still = Schedule()
    return replace(
        training, schedule=still, weight_decay_schedule=still, dropout_schedule=still,
        patience=None, tol=0.0, time_limit=None,
    )  # fmt: skip


def _ways(
    spec: NetworkSpec, training: TrainingSpec, n: int, sample_weight: Array | None
) -> Iterator[Way]:
    """Those that lead to steps which can be traced as well."""
    yield Way("on one thread", 1)
    yield Way("on two threads", 2)
    # The masks of a batch belong to its rows' places in the table, and its weights to all rows.
    if n > 1 and sample_weight is None and not any(spec.dropout_rates):
        size = min(training.batch_size or n, (n + 1) // 2)
        yield Way(f"in batches of {size} rows" if size > 1 else "row by row", 1, size)


@dataclass
class _Run:
    spec: NetworkSpec
    params: Params
    X: Array
    y: Any
    training: TrainingSpec
    sample_weight: Array | None
    state: TrainingState
    n_epochs: int

    def difference(self, way: Way) -> tuple[str, int]:
        """Where parameters or moments differ, empty where no bit does; and the steps made."""
        n, size = len(self.X), way.batch_size
        training = replace(
            self.training, epochs=self.n_epochs if size is None else 1, batch_size=size,
            n_threads=way.n_threads,
        )  # fmt: skip
        fitted = self._fit(training)
        batches: list[Indices] = [np.arange(n)] * self.n_epochs
        if size is not None:
            order = np.arange(n)
            if training.shuffle and size < n:
                order = permutation(n, training.seed, "shuffle", self.state.epoch)
            batches = [order[start : start + size] for start in range(0, n, size)]
        params, state = self._traced(batches, training, size is None)
        for found, expected in (
            (fitted.params, params),
            (fitted.state.moments, state.moments),
        ):
            for name, array in expected.items():
                place = _first_difference(found[name], array)
                if place is not None:
                    at = ",".join(str(k) for k in place)
                    numbers = f"{found[name][place]:.9g}, not {array[place]:.9g}"
                    return f"{name}[{at}] is {numbers}", len(batches)
        return "", len(batches)

    def _fit(self, training: TrainingSpec) -> engine.FitResult:
        return engine.fit(
            self.spec, self.params, self.X, self.y, training,
            sample_weight=self.sample_weight, state=self.state, recovers=False,
        )  # fmt: skip

    def _traced(
        self, batches: list[Indices], training: TrainingSpec, each_is_an_epoch: bool
    ) -> tuple[Params, TrainingState]:
        params, state = self.params, self.state
        for rows in batches:
            whole = len(rows) == len(self.X) and each_is_an_epoch
            X, y = (self.X, self.y) if whole else (self.X[rows], self.y[rows])
            seen = self._step(params, state, X, y, training)
            params, state = seen.params_after, seen.state_after
            if each_is_an_epoch:
                state = replace(state, epoch=state.epoch + 1)
        return params, state

    def _step(
        self, params: Params, state: TrainingState, X: Array, y: Array, training: TrainingSpec
    ) -> engine.Trace:
        return engine.trace(
            self.spec, params, X, y, training, sample_weight=self.sample_weight, state=state,
            dropout_epoch=state.epoch if any(self.spec.dropout_rates) else None,
        )  # fmt: skip


def _first_difference(found: Array, expected: Array) -> tuple[int, ...] | None:
    """The first element whose bits differ."""
    differs = found.view(f"u{found.itemsize}") != expected.view(f"u{found.itemsize}")
    if not differs.any():
        return None
    return tuple(int(k) for k in np.argwhere(differs)[0])
