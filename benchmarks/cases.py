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
        "adam" or "sgd".
    task : str
        "classes": softmax and cross-entropy. "numbers": half the squared error.
    """

    sizes: tuple[int, ...]
    batch: int
    rows: int
    activation: str = "relu"
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    task: str = "classes"
    seed: int = 0

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
        """X float32 (n, n_in); y int64 (n,) of classes or float32 (n, n_out), of a random teacher.

        A tenth of the classes are drawn blindly, so that no network drives its gradients to zero.
        """
        random = np.random.default_rng(self.seed)
        n, n_in, n_out = self.n_batches * self.batch, self.sizes[0], self.sizes[-1]
        X = random.standard_normal((n, n_in)).astype(np.float32)
        signal = X @ random.standard_normal((n_in, n_out)) / np.sqrt(n_in)
        if self.task == "numbers":
            noise = 0.1 * random.standard_normal(signal.shape)
            return X, (np.tanh(signal) + noise).astype(np.float32)
        blind = random.integers(n_out, size=n)
        y = np.where(random.random(n) < 0.1, blind, signal.argmax(axis=1))
        return X, y.astype(np.int64)

    def start(self) -> list[tuple[Array, Array]]:
        """(W (n_out, n_in), b (n_out,)) a layer: chainrule's own starting weights."""
        params = engine.initialize(self.spec, seed=self.seed)
        return [(params[f"W{l}"], params[f"b{l}"]) for l in range(1, len(self.sizes))]

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Case:
        return cls(**{**form, "sizes": tuple(form["sizes"])})


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
