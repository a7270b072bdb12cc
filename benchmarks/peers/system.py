"""What a measured system can do; every file of this folder has classes of this shape."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from benchmarks.cases import Array, Case


class System(ABC):
    """One way to train a `Case`; building it compiles nothing yet."""

    def __init__(self, case: Case, threads: int) -> None:
        self.case = case
        self.threads = threads

    #: Settings that the system chose for itself, for the report.
    setting: str = ""

    def tune(self) -> None:  # noqa: B027
        """Try what settings there are on a short run and keep the fastest; not timed."""

    @abstractmethod
    def reset(self) -> None:
        """Back to the starting weights and a fresh optimizer; not timed."""

    @abstractmethod
    def train(self, epochs: int) -> None:
        """Train for so many epochs and wait for the end; timed."""

    def predictor(self) -> Callable[[Array], Any]:
        """The library's own way from rows float32 (n, n_in) to outputs as a NumPy array."""
        raise NotImplementedError(f"{type(self).__name__} is not measured predicting")

    @abstractmethod
    def losses(self, epochs: int) -> list[float]:
        """Mean loss of each epoch from the starting weights, each batch's before its update."""
