"""The cases of the corpus of bits, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from bits import by_network, by_training
from bits.by_chance import random_problems
from bits.by_network import STEMS
from bits.estimators import ESTIMATORS
from bits.networks import dense, network, training
from bits.problems import DEFAULT, Named, Problem, digest

GROUPS = {**by_network.GROUPS, **by_training.GROUPS, "random": random_problems}
# Groups whose networks and first step are no others than those of a group before.
WITHOUT_TRACE = ("schedule", "batch", "frozen", "validation", "again", "start")
# Large ones: in the quick run only in float32, and never for the portable kernels.
LARGE = ("fetching", "rows", "widest")


@dataclass(frozen=True)
class Case:
    """One hash.

    Attributes
    ----------
    answer : callable
        What is hashed, from a number of threads.
    slow : bool
    libraries : bool
        Whether NumPy, scikit-learn or the system's mathematics have a part in it.
    large : bool
    """

    name: str
    answer: Callable[[int], Iterable[Any]]
    slow: bool = False
    libraries: bool = False
    large: bool = False

    @property
    def threads(self) -> tuple[int, int]:
        """Two numbers of threads that give the same hash, 1 and one of 2 to 4; mostly 2, which
        takes the least time where there are fewer cores."""
        return 1, (2, 2, 2, 2, 3, 4)[crc32(self.name.encode()) % 6]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The arithmetic that has a hash of it: every third also for the slow portable kernels."""
        third = crc32(self.name.encode()) // 6 % 3 == 0
        return ("fma", "portable") if third and not self.large else ("fma",)

    def digest(self, n_threads: int) -> str:
        """The sha256 of its answer."""
        return digest(self.answer(n_threads))


def cases() -> Iterator[Case]:
    """Each problem in both number types, its fit and its first step; then the others."""
    for group, problems in GROUPS.items():
        for name, problem in problems():
            large = name in LARGE
            for dtype in ("float32", "float64"):
                typed = replace(problem, dtype=dtype)
                slow = group == "random" or (large and dtype == "float64")
                at = f"{group}/{name}/{dtype}"
                yield Case(f"{at}/fit", typed.fitted, slow, "refined" in name, large)
                if group not in WITHOUT_TRACE:
                    yield Case(f"{at}/trace", typed.traced, slow, large=large)
    for name, problem in differences():
        yield Case(f"numeric/{name}", problem.differences)
    for name, (answer, slow) in ESTIMATORS.items():
        yield Case(f"estimator/{name}", answer, slow, libraries=True)


def differences() -> Named:
    """Small networks in float64, whose every derivative is taken by differences."""
    yield "plain", Problem(network(4, [dense(9, "tanh")]), DEFAULT, n=9, dtype="float64")
    hidden = [dense(7, "gelu", blend=True, dropout=0.2), dense(2, "tanh")]
    whole = network(5, hidden, 3, "cross_entropy", **STEMS["all"])
    spec = training(l1=0.01, l2=0.1)
    yield "everything", Problem(whole, spec, n=9, dtype="float64", weighted=True)


CASES = {case.name: case for case in cases()}
