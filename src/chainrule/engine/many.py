"""fit_many: independent networks at once, unlike ones too, from a queue that threads share."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue

from chainrule import _core
from chainrule.engine.jobs import FitJob, with_shared_arrays, with_threads, work_of
from chainrule.engine.one_at_a_time import note_interrupt
from chainrule.engine.plans import thread_count
from chainrule.engine.rows import Array
from chainrule.engine.training import FitResult, fit
from chainrule.errors import warn_caller
from chainrule.spec import History, TrainingState

_SECONDS_TO_NOTICE = 0.1  # where waiting cannot be interrupted

#: Called as selector(place, epoch, outputs); see `fit_many`.
ManySelector = Callable[[int, int, Array], bool | None]


def fit_many(
    jobs: Sequence[FitJob],
    *,
    n_threads: int | None = None,
    selector: ManySelector | None = None,
    stop: Callable[[], bool] | None = None,
) -> list[FitResult]:
    """Train independent networks, one a thread; the same bits as one after the other.

    The networks need not be alike. They are taken from one queue, those with the most work first,
    so that none of them trains alone at the end for long. Where there are fewer networks than
    threads, each gets several; where `n_threads` is not given, those that would be left over at the
    end, such as one of five on four cores, share the cores with the last others. Arrays that jobs
    share are read in place, and where they have another number type than the parameters, they are
    converted once for all.

    Parameters
    ----------
    jobs : sequence of FitJob
    n_threads : int or None
        Of all networks together; None takes those of the machine.
    selector : callable, optional
        Called as selector(place, epoch, outputs) after each epoch of each network, with the
        place of its job and its newest outputs (n, n_outputs) of its validation rows, an array of
        the selector's own. True ends this network with `stop_reason` "selector"; one that another
        network's outputs have made useless is ended by answering its own next call. Calls come
        from the training threads, one at a time. What it raises ends all networks, and is raised.
    stop : callable, optional
        Asked every few milliseconds by the training threads; True ends all as Ctrl-C does, and
        whoever asks is left to tell of it.

    Returns
    -------
    list of FitResult
        In the order of the jobs.

    Notes
    -----
    The first error of any job is raised after all ended. Ctrl-C ends all within milliseconds, each
    with `history.interrupted` and the parameters of its best or last completed epoch; those that
    had not begun come back as they were.
    """
    limit = thread_count(n_threads) or _core.available_threads()
    workers = min(len(jobs), limit)
    many = _Many(with_shared_arrays(with_threads(jobs, limit)), selector, stop)
    try:
        if workers > 1:
            # Whoever says how many threads there may be, or how long, means it.
            free = n_threads is None and all(job.training.time_limit is None for job in jobs)
            many.start(workers, len(jobs) % workers if free else 0)
            many.wait()
        else:
            many.work()
    except KeyboardInterrupt:
        many.stop.set()
        many.work()  # what no thread has begun
        if workers > 1:
            many.wait()
    many.tell()
    results = many.results()
    ended = sum(not result.history.interrupted for result in results)
    if ended < len(jobs) and not many.was_asked:
        note_interrupt()
        warn_caller(
            f"training was interrupted when {ended} of {len(jobs)} networks were done; the "
            "parameters of the best or last completed epoch of each are kept",
            UserWarning,
        )
    return results


class _Many:
    """Jobs that threads take one after the other.

    Ctrl-C may meet the main thread anywhere, and it alone: every other thread leaves an outcome of
    each job that it takes, and the main thread waits for outcomes, not for threads.
    """

    def __init__(
        self,
        jobs: Sequence[FitJob],
        selector: ManySelector | None,
        asked_to_stop: Callable[[], bool] | None,
    ) -> None:
        self.stop = threading.Event()
        self.was_asked = False  # whether the caller's function has set it
        self._jobs = jobs
        self._selector = selector
        self._asked_to_stop = asked_to_stop
        self._selecting = threading.Lock()
        self._failed: BaseException | None = None  # what the selector raised
        longest_first = sorted(enumerate(jobs), key=lambda item: -work_of(item[1]))
        self._waiting = deque(longest_first)
        self._outcomes: dict[int, FitResult | BaseException] = {}
        self._ended: SimpleQueue[None] = SimpleQueue()
        self._told: list[tuple[int, str]] = []  # by a network, of its lower rates
        self._reserve: list[threading.Thread] = []
        self._last = 0  # jobs that are left when the reserve begins

    def start(self, workers: int, reserve: int) -> None:
        """Threads that work, and some that join them when that leaves no job waiting."""
        self._last = workers + reserve
        self._reserve = [threading.Thread(target=self.work) for _ in range(reserve)]
        for _ in range(workers):
            threading.Thread(target=self.work).start()

    def _call_reserve(self) -> None:
        left = len(self._jobs) - len(self._outcomes)
        with suppress(IndexError, RuntimeError):  # none there, or no thread to be had
            while left <= self._last:
                self._reserve.pop().start()

    def work(self) -> None:
        """Take jobs until there are none."""
        while True:
            self._call_reserve()
            try:
                place, job = self._waiting.popleft()
            except IndexError:
                return
            try:
                self._outcomes[place] = self._run(place, job)
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

    def tell(self) -> None:
        """What the first network told, and how many others did, at the line of the caller: threads
        have no caller."""
        if not self._told:
            return
        first, sentence = min(self._told, key=lambda told: told[0])
        others = {place for place, _ in self._told} - {first}
        if others:
            n = "Another network" if len(others) == 1 else f"{len(others)} other networks"
            sentence = f"{sentence} {n} lowered {'its' if len(others) == 1 else 'theirs'}, too."
        warn_caller(f"in network {first}, {sentence}" if len(self._jobs) > 1 else sentence)

    def results(self) -> list[FitResult]:
        """In the order of the jobs; raises what the selector raised, or the first error."""
        if self._failed is not None:
            raise self._failed
        found = []
        for place, job in enumerate(self._jobs):
            outcome = self._outcomes.get(place) or _untrained(job)
            if isinstance(outcome, BaseException):
                raise outcome
            found.append(outcome)
        return found

    def _run(self, place: int, job: FitJob) -> FitResult:
        """Train, unless `stop` is set meanwhile; Ctrl-C sets it."""
        if self._must_stop():
            return _untrained(job)
        options = job.options
        if self._selector is not None:
            options = {**options, "selector": lambda *newest: self._select(place, *newest)}
        result = fit(
            job.spec, job.params, job.X, job.y, job.training, stop=self._must_stop,
            tell=lambda sentence: self._told.append((place, sentence)), **options,
        )  # fmt: skip
        if result.history.interrupted:
            self.stop.set()
        return result

    def _must_stop(self) -> bool:
        if self._asked_to_stop is not None and not self.stop.is_set() and self._asked_to_stop():
            self.was_asked = True
            self.stop.set()
        return self.stop.is_set()

    def _select(self, place: int, epoch: int, outputs: Array) -> bool:
        """The selector's answer; none once all are to end."""
        assert self._selector is not None
        with self._selecting:
            if self.stop.is_set():
                return False  # the core ends it at its next question
            try:
                return self._selector(place, epoch, outputs) is True
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                self._failed = error
                self.stop.set()
                raise


def _untrained(job: FitJob) -> FitResult:
    history = History(stop_reason="interrupted", interrupted=True)
    return FitResult(dict(job.params), TrainingState(job.training.optimizer), history)
