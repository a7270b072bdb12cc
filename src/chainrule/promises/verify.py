"""`verify`: every promise tried, with what was seen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from chainrule.promises import keeping, training
from chainrule.promises.broken import BrokenPromise

# What is promised -> how it is tried.
PROMISES: dict[str, Callable[[], str]] = {
    "gradients are right": training.gradients,
    "the step shown is the step of fit": training.shown_step,
    "updates follow their rules": training.update_rule,
    "threads change nothing": training.threads,
    "a seed gives the same bits": training.same_seed,
    "rows do not depend on each other": training.rows_alone,
    "training goes on where it ended": training.going_on,
    "and from its file as well": keeping.unfinished,
    "a checkpoint ends with the same bits": keeping.resumed,
    "a file keeps every bit": keeping.file_is_exact,
    "a damaged file harms nobody": keeping.file_is_safe,
    "a killed save loses nothing": keeping.killed_save,
    "an interrupt keeps the model": keeping.interrupt,
}


@dataclass(frozen=True)
class Outcome:
    """What came of one promise.

    Attributes
    ----------
    promise : str
        A key of `PROMISES`.
    kept : bool
    seen : str
        What was counted or measured, or what was wrong.
    seconds : float
    """

    promise: str
    kept: bool
    seen: str
    seconds: float


def verify() -> Iterator[Outcome]:
    """Try every promise on this machine, one after the other; within a minute on two cores.

    Yields
    ------
    Outcome
        Also for a promise that is broken, or whose trial fails in an unforeseen way.
    """
    for promise, attempt in PROMISES.items():
        start = time.perf_counter()
        try:
            kept, seen = True, attempt()
        except BrokenPromise as broken:
            kept, seen = False, str(broken)
        except Exception as error:  # a trial that cannot be made keeps nothing
            kept, seen = False, f"{type(error).__name__}: {error}"
        yield Outcome(promise, kept, seen, time.perf_counter() - start)
