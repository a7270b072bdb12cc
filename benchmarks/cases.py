"""What is trained: the network, the rows and the starting weights, the same for every system."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule import engine
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Case:
    """One network with its training.

    Attributes
    ----------
    sizes : tuple of int
        Layer sizes from input to output.
    batch : int
    rows : int
        Of the table. A short last batch is left out: a compiled scan needs equal batches.
    activation : str
        Of the hidden layers.
    optimizer : str
        "adam", "sgd" or "momentum".
    task : str
        "classes": softmax and cross-entropy. "numbers": half the squared error.
    source : str
        "teacher": rows drawn, targets by a random linear map. "digits": scikit-learn's table.
    """

    sizes: tuple[int, ...]
    batch: int
    rows: int
    activation: str = "relu"
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    task: str = "classes"
    source: str = "teacher"
    seed: int = 0
    dtype: str = "float32"

    @property
    def name(self) -> str:
        return f"{'-'.join(map(str, self.sizes))}; {self.batch}"

    @property
    def n_batches(self) -> int:
        return self.rows // self.batch

    @property
    def flops(self) -> int:
        """Of one step's products: three a layer, two in the first; the update's are not counted."""
        products = [a * b for a, b in pairwise(self.sizes)]
        return 2 * self.batch * (3 * sum(products) - products[0])

    @cached_property
    def spec(self) -> NetworkSpec:
        output, loss = (
            ("softmax", "cross_entropy")
            if self.task == "classes"
            else ("identity", "squared_error")
        )
        hidden = [Dense(units, self.activation) for units in self.sizes[1:-1]]
        return NetworkSpec(self.sizes[0], (*hidden, Dense(self.sizes[-1], output)), Loss(loss))

    def training(self, epochs: int, **options: Any) -> TrainingSpec:
        return TrainingSpec(
            optimizer=self.optimizer,
            learning_rate=self.learning_rate,
            epochs=epochs,
            batch_size=self.batch,
            **{"shuffle": False, **options},
        )

    def data(self) -> tuple[Array, Array]:
        """X (n, n_in) of the number type; y int64 (n,) of classes or (n, n_out): training rows."""
        n = self.n_batches * self.batch
        X, y = self._table(n)
        numbers = y.astype(self.dtype, copy=False) if self.task == "numbers" else y
        return X[:n].astype(self.dtype, copy=False), numbers[:n]

    def validation(self) -> tuple[Array, Array]:
        """The rows of the same table that training never sees: a quarter as many, or the rest."""
        n = self.n_batches * self.batch
        X, y = self._table(n + max(1, n // 4))
        return X[n:], y[n:]

    def _table(self, n: int) -> tuple[Array, Array]:
        if self.source == "digits":
            return _digits(self.seed)
        # The teacher comes first, so that more rows are more of the same.
        random = np.random.default_rng(self.seed)
        n_in, n_out = self.sizes[0], self.sizes[-1]
        teacher = random.standard_normal((n_in, n_out)) / np.sqrt(n_in)
        rows = np.random.default_rng([self.seed, 1])
        X = rows.standard_normal((n, n_in), dtype=np.float32)
        signal = X @ teacher
        noise = np.random.default_rng([self.seed, 2])
        if self.task == "numbers":
            spread = 0.1 * noise.standard_normal(signal.shape)
            return X, (np.tanh(signal) + spread).astype(np.float32)
        # A tenth of the classes are drawn blindly: no network drives its gradients to zero.
        draws = noise.random((n, 2))
        blind = (draws[:, 1] * n_out).astype(np.int64)
        return X, np.where(draws[:, 0] < 0.1, blind, signal.argmax(axis=1)).astype(np.int64)

    @cached_property
    def params(self) -> dict[str, Array]:
        """chainrule's own starting weights, by name."""
        return engine.initialize(self.spec, seed=self.seed, dtype=self.dtype)

    def start(self) -> list[tuple[Array, Array]]:
        """(W (n_out, n_in), b (n_out,)) a layer."""
        return [(self.params[f"W{l}"], self.params[f"b{l}"]) for l in range(1, len(self.sizes))]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Case:
        return cls(**{**form, "sizes": tuple(form["sizes"])})


def _digits(seed: int) -> tuple[Array, Array]:
    """1797 images of 8 x 8 points as numbers from 0 to 1, in a fixed random order."""
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(X))
    return (X[order] / 16.0).astype(np.float32), y[order].astype(np.int64)


# From the smallest network that people draw to one that fills the caches.
TABLE_1 = (
    Case((2, 2, 2), 4, 4),
    Case((4, 16, 3), 32, 150),
    Case((20, 128, 64, 2), 32, 8192),
    Case((784, 128, 10), 32, 8192),
    Case((20, 256, 256, 256, 2), 256, 16384),
    Case((784, 512, 512, 10), 128, 8192),
    Case((1024, 1024, 1024, 10), 256, 4096),
)

# Ratios aimed at: against what people run, and against the best that any peer can be made to do.
GOALS = (
    (1000.0, 7.0),
    (200.0, 7.0),
    (30.0, 4.0),
    (6.0, 2.6),
    (2.8, 2.2),
    (2.1, 1.85),
    (1.4, 1.3),
)
