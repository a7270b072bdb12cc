"""chainrule itself, through the engine."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from benchmarks.cases import Array, Case
from benchmarks.peers.system import System
from chainrule import Network, engine


class Chainrule(System):
    shuffle = False
    own_threads = False

    def __init__(self, case: Case, threads: int) -> None:
        super().__init__(case, threads)
        self.X, self.y = case.data()

    def reset(self) -> None:
        pass  # fit leaves the parameters it is given as they are

    def train(self, epochs: int) -> None:
        self._fit(epochs)

    def predictor(self) -> Callable[[Array], Any]:
        network = Network(list(self.case.sizes), loss=self.case.spec.loss.name)
        return partial(network.predict, n_threads=self.threads)

    def losses(self, epochs: int) -> list[float]:
        return self._fit(epochs).history.loss

    def _fit(self, epochs: int) -> engine.FitResult:
        threads = None if self.own_threads else self.threads
        training = self.case.training(epochs, shuffle=self.shuffle, n_threads=threads)
        return engine.fit(self.case.spec, self.case.params, self.X, self.y, training)


class Shuffled(Chainrule):
    """As by default: a new order of rows every epoch, gathered batch by batch."""

    shuffle = True


class OwnThreads(Chainrule):
    """As by default: the engine times its steps and decides about threads."""

    own_threads = True


SYSTEMS = {
    "chainrule": Chainrule,
    "chainrule, shuffled": Shuffled,
    "chainrule, own threads": OwnThreads,
}
