"""The scale: one learned factor for each input, anywhere in a network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.gradients import gradients
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec, Scale, TrainingSpec
from comparing import same_bits
from strategies import random_params, verdict


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_frozen_ones_are_no_layer(dtype: str) -> None:
    rng = np.random.default_rng(0)
    X, y, weights = rng.normal(size=(40, 5)), rng.normal(size=40), rng.uniform(size=40)
    training = TrainingSpec(epochs=4, batch_size=9, clip_norm=None)
    results = []
    for before in ((), (Scale(),)):
        spec = NetworkSpec(5, (*before, Dense(9, "tanh"), Dense(1)), Loss("squared_error"))
        factors = {"scale": 0.0} if before else {}
        results.append(
            engine.fit(
                spec,
                engine.initialize(spec, seed=2, dtype=dtype),
                X,
                y,
                replace(training, learning_rate_factors=factors),
                sample_weight=weights,
            ).params
        )
    bare, scaled = results
    np.testing.assert_array_equal(scaled.pop("scale"), np.ones(5, dtype))
    assert same_bits(bare, scaled)


@pytest.mark.parametrize("n", [1, 7, 40])
def test_behind_a_dense_layer_and_a_mask(n: int) -> None:
    layers = (Dense(37, "gelu"), Scale(), Dropout(0.3), Dense(5), Scale(), Dense(2))
    spec = NetworkSpec(3, layers, Loss("squared_error"))
    assert list(spec.parameters) == ["W1", "b1", "scale1", "W2", "b2", "scale2", "W3", "b3"]
    rng = np.random.default_rng(n)
    params = random_params(rng, spec)
    X, y, weights = rng.normal(size=(n, 3)), rng.normal(size=(n, 2)), rng.uniform(0.1, 2, size=n)
    arguments = (spec, params, X, y, TrainingSpec(l2=0.1))
    options = {"sample_weight": weights, "dropout_epoch": 4}
    _, expected = gradients(*arguments, **options)
    _, grads = engine.gradients(*arguments, **options)
    assert verdict(grads, expected) <= 1e-12
