"""The equations in NumPy, float64: what a careful textbook program does."""

from __future__ import annotations

from benchmarks.cases import Case
from benchmarks.peers.system import System
from chainrule.reference.fit import fit


class NumpyReference(System):
    def __init__(self, case: Case, threads: int) -> None:
        super().__init__(case, threads)
        X, self.y = case.data()
        self.X = X.astype(float)
        self.params = {name: array.astype(float) for name, array in case.params.items()}

    def reset(self) -> None:
        pass

    def train(self, epochs: int) -> None:
        self.losses(epochs)

    def losses(self, epochs: int) -> list[float]:
        training = self.case.training(epochs)
        return fit(self.case.spec, self.params, self.X, self.y, training)[2].loss


SYSTEMS = {"NumPy reference": NumpyReference}
