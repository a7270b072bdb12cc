"""What is trained: unlike networks with periodic embeddings on one table, the same everywhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule import engine
from chainrule.spec import Dense, Loss, NetworkSpec, PeriodicEmbedding, TrainingSpec

Array = npt.NDArray[Any]
WIDTHS = (64, 96, 128, 192, 256, 320, 384)
DEPTHS = (1, 2, 3)


@dataclass(frozen=True)
class Workload:
    """Networks of drawn depths and widths with two classes, ReLU and Adam.

    Attributes
    ----------
    n_networks : int
    rows, held_out : int
        Of the table for training, in whole batches, and for validation after each epoch.
    columns : int
        Each becomes `outputs` + 1 inputs by `frequencies` cosines.
    """

    n_networks: int = 64
    rows: int = 4096
    held_out: int = 1024
    columns: int = 20
    batch: int = 256
    frequencies: int = 16
    outputs: int = 3
    widths: tuple[int, ...] = WIDTHS
    learning_rate: float = 1e-3
    seed: int = 0

    @property
    def n_inputs(self) -> int:
        """Of the first dense layer."""
        return self.columns * (self.outputs + 1)

    @cached_property
    def shapes(self) -> list[tuple[int, int]]:
        """(depth, width) of each network."""
        draw = np.random.default_rng(self.seed)
        depths = draw.choice(DEPTHS, self.n_networks)
        widths = draw.choice(self.widths, self.n_networks)
        return [(int(d), int(w)) for d, w in zip(depths, widths, strict=True)]

    def sizes(self, network: int) -> tuple[int, ...]:
        """Of the dense layers, from their inputs to the two classes."""
        depth, width = self.shapes[network]
        return (self.n_inputs, *(width,) * depth, 2)

    def spec(self, network: int) -> NetworkSpec:
        depth, width = self.shapes[network]
        hidden = (Dense(width, "relu"),) * depth
        embedding = PeriodicEmbedding(self.frequencies, self.outputs)
        return NetworkSpec(
            self.columns, (embedding, *hidden, Dense(2, "softmax")), Loss("cross_entropy")
        )

    def params(self, network: int) -> dict[str, Array]:
        return engine.initialize(self.spec(network), seed=network)

    def training(self, epochs: int) -> TrainingSpec:
        return TrainingSpec(
            optimizer="adam",
            learning_rate=self.learning_rate,
            epochs=epochs,
            batch_size=self.batch,
            shuffle=False,
        )

    @cached_property
    def data(self) -> tuple[Array, Array]:
        """X float32 (rows + held_out, columns); y int64: a line, bent, a tenth drawn blindly."""
        draw = np.random.default_rng([self.seed, 1])
        n = self.rows + self.held_out
        X = draw.standard_normal((n, self.columns)).astype(np.float32)
        score = X @ draw.standard_normal(self.columns) + np.sin(3 * X[:, 0]) + X[:, 1] * X[:, 2]
        blind = draw.random(n) < 0.1
        return X, np.where(blind, draw.integers(2, size=n), score > 0).astype(np.int64)

    @property
    def flops(self) -> float:
        """Of one row of training in all networks: three products a dense layer; embeddings,
        updates and validation are not counted."""
        products = (a * b for k in range(self.n_networks) for a, b in pairwise(self.sizes(k)))
        return 6.0 * sum(products)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> Workload:
        return cls(**{**form, "widths": tuple(form["widths"])})
