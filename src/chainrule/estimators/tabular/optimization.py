"""From encoded rows to trained networks: one with all threads, or several at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.engine import FitJob, FitResult
from chainrule.estimators.tabular.arrangement import Arrangement
from chainrule.estimators.tabular.ensemble import Member, training_of, with_all_levels
from chainrule.estimators.tabular.epoch_metric import EngineMetric
from chainrule.estimators.tabular.folds import Fold
from chainrule.estimators.tabular.nested import Recorded
from chainrule.estimators.tabular.rows import Rows
from chainrule.files.checkpoint import Checkpoint
from chainrule.network.progress import NetworksProgress, Progress, metric_word
from chainrule.spec import History, NetworkSpec, TrainingSpec

Params = dict[str, np.ndarray]
Watch = Callable[[int, int, History], bool | None]

# A run is timed on so many rows before the number of epochs is set, which leaves a part of the
# limit for what the trial cannot see.
_TRIAL_ROWS = 16_384
_PLANNED = 0.85


@dataclass(frozen=True)
class Optimization:
    """Networks of one kind, each on its rows.

    Attributes
    ----------
    spec : NetworkSpec
    training : TrainingSpec
    init : str
    rows : Rows
        All rows of the table, which all networks read in place.
    target : ndarray
        What training aims at: `rows.target`, or that smoothed.
    folds : sequence of Fold
        One per network.
    own : Rows or None
        Evaluation rows of their own for all of them.
    metrics : sequence of str or callable
        What chooses each one's epoch.
    arrangement : Arrangement
        Groups and order of the rows.
    checkpoint : Checkpoint or None
        Keeps where each training stands.
    starts : sequence of parameters, or None
        What each network begins with, where it does not begin anew.
    """

    spec: NetworkSpec
    training: TrainingSpec
    init: str
    rows: Rows
    target: np.ndarray
    folds: Sequence[Fold]
    own: Rows | None
    metrics: Sequence[EngineMetric]
    arrangement: Arrangement = field(default_factory=Arrangement)
    checkpoint: Checkpoint | None = None
    starts: Sequence[Params] | None = None

    def records(self) -> list[Recorded | None]:
        """What `run` is to keep of each network's outputs; None without validation rows."""
        found: list[Recorded | None] = []
        for fold in self.folds:
            n_rows = len(self.own.inputs) if self.own is not None else _count(fold.eval_rows)
            numbers = (self.spec.n_outputs, self.training.epochs, len(self.folds))
            found.append(Recorded.of(n_rows, *numbers) if n_rows else None)
        return found

    def run(
        self,
        verbose: int = 0,
        records: Sequence[Recorded | None] = (),
        watch: Watch | None = None,
    ) -> list[FitResult]:
        """The best epoch of each network, the last one without validation rows.

        `watch(number, epoch, history)` is called after each epoch of each network in place of the
        progress line, from the thread that trains it; True stops that network.
        """
        count, word = len(self.folds), metric_word(self.metrics[0])
        jobs = [self._job(number) for number in range(count)]
        for job, record in zip(jobs, records, strict=False):
            job.options["outputs"] = record
        if watch is not None:
            for number, job in enumerate(jobs):
                job.options["callback"] = partial(watch, number)
            return self._fit(jobs)
        if not verbose:
            return self._fit(jobs)
        if count == 1:
            alone = Progress(verbose, self.training.epochs, metric=word)
            jobs[0].options["callback"] = alone
            results = self._fit(jobs)
            alone.close(results[0].history)
            return results
        together = NetworksProgress(verbose, self.training.epochs, count, metric=word)
        for number, job in enumerate(jobs):
            job.options["callback"] = together.of(number)
        results = self._fit(jobs)
        together.close([result.history for result in results])
        return results

    def validation_rows(self, members: Sequence[Member]) -> list[Rows] | None:
        """Of each member, one object where they share them; None where a member has none."""
        found = [validation_rows(self.rows, self.own, member) for member in members]
        if self.shares_validation:
            found = found[:1] * len(members)
        known = [rows for rows in found if rows is not None]
        return known if len(known) == len(members) else None

    @property
    def shares_validation(self) -> bool:
        """Whether all networks have the same validation rows."""
        return self.own is not None or self.arrangement.order is not None

    def member(self, result: FitResult, fold: Fold) -> Member:
        """What is kept of a network that trained on these rows."""
        if self.starts is not None:  # levels that these rows lack were learned before
            return Member(result.params, result.history, fold.eval_rows)
        params = with_all_levels(
            self.spec, result.params, self.rows.inputs, fold.rows, self.rows.weights
        )
        return Member(params, result.history, fold.eval_rows)

    def refitted(self, member: Member) -> Member:
        """The only network, trained again on all rows until its best epoch of the full schedule.

        It is as it was where the validation rows are not of the table, and after Ctrl-C.
        """
        best = member.history.best_epoch
        if member.eval_rows is None or best is None or member.history.interrupted:
            return member
        job = replace(self, folds=[Fold()], metrics=["loss"])._job(0)
        if self.checkpoint is not None:
            job.options["checkpoint"] = self.checkpoint.slot("all rows")
        job.options["callback"] = lambda epoch, history: epoch >= best
        params = self.member(self._fit([job])[0], Fold()).params
        return replace(member, params=params)

    def epochs_within(self, seconds: float) -> int:
        """How many epochs fit into a time limit, by a trial of two on some of the rows.

        Raises `KeyboardInterrupt` where Ctrl-C ends the trial.
        """
        jobs = [self._trial(number) for number in range(self._n_at_once)]
        if any(result.history.interrupted for result in self._fit(jobs)):
            raise KeyboardInterrupt
        per_epoch = max(job.options["callback"].seconds for job in jobs)
        seconds_per_epoch = per_epoch * self.n_rows / len(jobs[0].options["rows"])
        turns = -(-len(self.folds) // self._n_at_once)
        fitting = _PLANNED * seconds / (turns * seconds_per_epoch)
        return min(max(int(fitting), 1), self.training.epochs)

    def limited(self, seconds: float) -> Optimization:
        """The same with what each network may take, at most, of the seconds that are left."""
        turns = -(-len(self.folds) // self._n_at_once)
        return replace(self, training=replace(self.training, time_limit=seconds / turns))

    @property
    def _n_at_once(self) -> int:
        threads = self.training.n_threads or engine.machine()["n_threads"]
        return min(len(self.folds), threads)

    @property
    def n_rows(self) -> int:
        """Training rows of a network, at most."""
        return max(n_training_rows(fold, len(self.rows.inputs)) for fold in self.folds)

    def _fit(self, jobs: list[FitJob]) -> list[FitResult]:
        if len(jobs) > 1:
            return engine.fit_many(jobs, n_threads=self.training.n_threads)
        job = jobs[0]
        return [engine.fit(job.spec, job.params, job.X, job.y, job.training, **job.options)]

    def _job(self, number: int) -> FitJob:
        fold = self.folds[number]
        training = training_of(self.training, number)
        options: dict[str, Any] = {
            "sample_weight": self.rows.weights,
            "metric": self.metrics[number],
            "rows": fold.rows,
        }
        if self.checkpoint is not None:
            options["checkpoint"] = self.checkpoint.slot(f"network {number}")
        if self.own is not None:
            options["eval_set"] = (self.own.inputs, self.own.target)
            options["eval_sample_weight"] = self.own.weights
        else:
            options["eval_rows"] = fold.eval_rows
        start = self._start(number, training.seed)
        return FitJob(self.spec, start, self.rows.inputs, self.target, training, options)

    def _start(self, number: int, seed: int) -> Params:
        if self.starts is not None:
            return self.starts[number]
        return engine.initialize(
            self.spec,
            init=self.init,
            seed=seed,
            dtype=self.rows.inputs.dtype.name,
            X=self.rows.inputs,
            rows=self.folds[number].rows,
            sample_weight=self.rows.weights,
        )

    def _trial(self, number: int) -> FitJob:
        """Two epochs of a network, validation included, on some of its rows; none can diverge."""
        job = replace(self, own=None, checkpoint=None)._job(number)
        fold = self.folds[number]
        options = {**job.options, "callback": _SecondEpoch(), "metric": "loss"}
        every = -(-self.n_rows // _TRIAL_ROWS)
        options["rows"] = np.arange(len(job.X)) if fold.rows is None else fold.rows
        for name in ("rows", "eval_rows"):
            if options[name] is not None:
                options[name] = options[name][::every]
        training = replace(job.training, epochs=2, learning_rate=0.0, patience=None)
        return replace(job, training=training, options=options)


def validation_rows(rows: Rows, own: Rows | None, fold: Fold | Member) -> Rows | None:
    """The rows that choose a network's epoch; those of the table come without their inputs."""
    if own is not None or fold.eval_rows is None:
        return own
    return rows.targets(fold.eval_rows)


def _count(rows: np.ndarray | None) -> int:
    return 0 if rows is None else len(rows)


def n_training_rows(fold: Fold, n_rows: int) -> int:
    """How many rows a network trains on."""
    return n_rows if fold.rows is None else len(fold.rows)


def smoothed(target: np.ndarray, n_outputs: int, epsilon: float) -> np.ndarray:
    """Targets that leave a share of each row to all classes: (1 - epsilon) y + epsilon / C.

    Class numbers become rows of probabilities; of several labels each has two classes.
    """
    if epsilon == 0:
        return target
    if target.ndim == 2:
        return (1.0 - epsilon) * target + epsilon / 2
    rows = np.full((len(target), n_outputs), epsilon / n_outputs)
    rows[np.arange(len(target)), target] += 1.0 - epsilon
    return rows


class _SecondEpoch:
    """Notes how long the second epoch took; the first meets memory that is not yet there."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._before = 0.0

    def __call__(self, epoch: int, history: History) -> None:
        self.seconds = history.seconds - self._before
        self._before = history.seconds
