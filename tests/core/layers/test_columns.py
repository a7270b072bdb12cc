"""Layers side by side: each over its own columns, with the bits that it has alone."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import (
    CategoryEmbedding,
    Columns,
    Dense,
    Layer,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    TrainingSpec,
)
from comparing import same_bits
from strategies import random_params, random_rows


def fitted(layer: Layer, n_features: int, dtype: str) -> engine.FitResult:
    spec = NetworkSpec(n_features, (layer, Dense(9, "tanh"), Dense(1)), Loss("squared_error"))
    rng = np.random.default_rng(5)
    X, y = random_rows(rng, spec, 50), rng.normal(size=50)
    params = {name: w.astype(dtype) for name, w in random_params(rng, spec).items()}
    return engine.fit(spec, params, X, y, TrainingSpec(epochs=3, batch_size=16))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("layer", [PeriodicEmbedding(5, 2), CategoryEmbedding((3, 1, 2), 2)])
def test_one_part_over_all_columns_is_the_layer_itself(layer: Layer, dtype: str) -> None:
    alone, part = (fitted(one, 3, dtype) for one in (layer, Columns(((3, layer),))))
    assert same_bits(alone.params, part.params)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_columns_without_a_layer_pass_as_they_are(dtype: str) -> None:
    layer = Columns(((2, None), (1, PeriodicEmbedding(2, 3)), (3, None)))
    spec = NetworkSpec(6, (layer, Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, dtype=dtype)
    X = np.random.default_rng(0).normal(size=(20, 6)).astype(dtype)
    a = engine.forward(spec, params, X)[1][0]
    assert a.shape == (20, 9)
    for passed, columns in ((a[:, :2], X[:, :2]), (a[:, 5], X[:, 2]), (a[:, 6:], X[:, 3:])):
        np.testing.assert_array_equal(passed, columns)


def test_parts_stand_wherever_they_are_put() -> None:
    """The same embedding of column 2, whatever stands beside it."""
    embedding = PeriodicEmbedding(4, 2)
    X = np.random.default_rng(0).normal(size=(20, 5))
    outputs = []
    for parts, at in (
        (((2, None), (1, embedding), (2, None)), 2),
        (((2, None), (1, embedding), (2, CategoryEmbedding((1, 1), 4))), 2),
        (((1, CategoryEmbedding((1,), 3)), (1, None), (1, embedding), (2, None)), 4),
    ):
        spec = NetworkSpec(5, (Columns(parts), Dense(1)), Loss("squared_error"))
        rows = X.copy()
        for placed in spec.walk:
            if isinstance(placed.layer, CategoryEmbedding):
                rows[:, placed.first : placed.first + placed.n_in] = 1.0
        params = engine.initialize(spec, seed=4)
        outputs.append(engine.forward(spec, params, rows)[1][0][:, at : at + 3])
    for other in outputs[1:]:
        np.testing.assert_array_equal(other, outputs[0])
