"""What a measured system can do; the files beside this one have classes of this shape."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict

from benchmarks.many.workload import Workload


class System(ABC):
    """One way to train all networks; building it compiles nothing yet."""

    def __init__(self, workload: Workload, threads: int) -> None:
        self.workload = workload
        self.threads = threads

    @abstractmethod
    def reset(self) -> None:
        """Back to the starting weights and a fresh optimizer; not timed."""

    @abstractmethod
    def train(self, epochs: int) -> list[list[float]]:
        """Train, with the validation rows' outputs as arrays of NumPy after each epoch.

        Returns each network's mean loss of each epoch. Timed.
        """


def by_shape(workload: Workload) -> list[list[int]]:
    """Networks that have equal shapes, together."""
    groups = defaultdict(list)
    for network, shape in enumerate(workload.shapes):
        groups[shape].append(network)
    return list(groups.values())


def by_depth(workload: Workload) -> list[list[int]]:
    """Networks that have equal depths, together."""
    groups = defaultdict(list)
    for network, (depth, _) in enumerate(workload.shapes):
        groups[depth].append(network)
    return list(groups.values())
