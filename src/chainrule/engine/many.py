"""fit_many: independent networks at once, one a thread."""

from __future__ import annotations

import warnings
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any

from chainrule import _core
from chainrule.engine.one_at_a_time import note_interrupt
from chainrule.engine.plans import thread_count
from chainrule.engine.rows import Params
from chainrule.engine.training import FitResult, fit
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState

_SECONDS_TO_NOTICE = 0.1  # where waiting cannot be interrupted


@dataclass(frozen=True)
class FitJob:
    """One network of `fit_many`: the arguments of `fit`."""

    spec: NetworkSpec
    params: Params
    X: Any
    y: Any
    training: TrainingSpec
    options: dict[str, Any] = field(default_factory=dict)


def fit_many(jobs: Sequence[FitJob], *, n_threads: int | None = None) -> list[FitResult]:
    """Train independent networks, one a thread; the same bits as one after the other.

    Arrays that jobs share are read in place. The first error of any job is raised after all ended.
    Ctrl-C ends all within milliseconds, each with `history.interrupted` and the parameters of its
    best or last completed epoch; those that had not begun come back as they were.
    """
    workers = min(len(jobs), thread_count(n_threads) or _core.available_threads())
    many = _Many([replace(job, training=replace(job.training, n_threads=1)) for job in jobs])
    try:
        if workers > 1:
            for _ in range(workers):
                Thread(target=many.work).start()
            many.wait()
        else:
            many.work()
    except KeyboardInterrupt:
        many.stop.set()
        many.work()  # what no thread has begun
        if workers > 1:
            many.wait()
    results = many.results()
    if any(result.history.interrupted for result in results):
        note_interrupt()
        ended = sum(not result.history.interrupted for result in results)
        warnings.warn(
            f"training was interrupted when {ended} of {len(jobs)} networks were done; the "
            "parameters of the best or last completed epoch of each are kept",
            stacklevel=2,
        )
    return results


class _Many:
    """Jobs that threads take one after the other.

    Ctrl-C may meet the main thread anywhere, and it alone: every other thread leaves an outcome of
    each job that it takes, and the main thread waits for outcomes, not for threads.
    """

    def __init__(self, jobs: Sequence[FitJob]) -> None:
        self.stop = Event()
        self._jobs = jobs
        self._waiting = deque(enumerate(jobs))
        self._outcomes: dict[int, FitResult | BaseException] = {}
        self._ended: SimpleQueue[None] = SimpleQueue()

    def work(self) -> None:
        """Take jobs until there are none."""
        while True:
            try:
                place, job = self._waiting.popleft()
            except IndexError:
                return
            try:
                self._outcomes[place] = self._run(job)
            except KeyboardInterrupt:
                self.stop.set()
                self._outcomes[place] = _untrained(job)
            except BaseException as error:
                self._outcomes[place] = error
            self._ended.put(None)

    def wait(self) -> None:
        """Until every job has an outcome; Ctrl-C is raised."""
        while len(self._outcomes) < len(self._jobs):
            with suppress(Empty):
                self._ended.get(timeout=_SECONDS_TO_NOTICE)

    def results(self) -> list[FitResult]:
        """In the order of the jobs; raises the first error."""
        found = []
        for place, job in enumerate(self._jobs):
            outcome = self._outcomes.get(place) or _untrained(job)
            if isinstance(outcome, BaseException):
                raise outcome
            found.append(outcome)
        return found

    def _run(self, job: FitJob) -> FitResult:
        """Train, unless `stop` is set meanwhile; Ctrl-C sets it."""
        if self.stop.is_set():
            return _untrained(job)
        result = fit(
            job.spec, job.params, job.X, job.y, job.training, stop=self.stop.is_set, **job.options
        )
        if result.history.interrupted:
            self.stop.set()
        return result


def _untrained(job: FitJob) -> FitResult:
    history = History(stop_reason="interrupted", interrupted=True)
    return FitResult(dict(job.params), TrainingState(job.training.optimizer), history)
