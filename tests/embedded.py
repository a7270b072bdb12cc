"""Networks with embeddings and a scale before layer 1, and rows for them."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Layer,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
)
from comparing import rounded
from strategies import random_params, random_rows

# Features, and what stands before layer 1.
BEFORE: dict[str, tuple[int, tuple[Layer, ...]]] = {
    "periodic": (3, (PeriodicEmbedding(),)),
    "one frequency": (1, (PeriodicEmbedding(1, 1),)),
    "many frequencies": (40, (Columns(((37, PeriodicEmbedding(33, 5)), (3, None))), Scale())),
    "categories": (2, (CategoryEmbedding((1, 300), 5),)),
    "one level": (1, (CategoryEmbedding((1,), 1), Scale())),
    "scale": (70, (Scale(),)),
    "everything": (
        9,
        (
            Columns(((4, PeriodicEmbedding()), (3, None), (2, CategoryEmbedding((2, 11))))),
            Scale(),
        ),
    ),
    "nothing in between": (
        5,
        (Columns(((3, PeriodicEmbedding(7, 2)), (2, CategoryEmbedding((9, 1), 3)))), Scale()),
    ),
}


def network(name: str, *, dropout: float = 0.0, activation: str = "mish") -> NetworkSpec:
    """Parametric activations behind what stands before layer 1."""
    n_features, before = BEFORE[name]
    hidden: list[Layer] = []
    for units in (37, 21):
        hidden.append(Dense(units, Activation(activation, True), ntk=True))
        if dropout:
            hidden.append(Dropout(dropout))
    return NetworkSpec(n_features, (*before, *hidden, Dense(2, ntk=True)), Loss("squared_error"))


def drawn(spec: NetworkSpec, n: int, dtype: str = "float64") -> tuple[Any, ...]:
    """Parameters, rows, targets and weights."""
    rng = np.random.default_rng(n)
    params = rounded(random_params(rng, spec), dtype)
    X = random_rows(rng, spec, n)
    weights = rng.uniform(0.1, 2.0, size=n) * (rng.random(n) < 0.9)
    weights[0] = 1.0
    return params, X, rng.normal(size=(n, spec.n_outputs)), weights
