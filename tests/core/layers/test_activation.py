"""Activations as layers of their own, and parametric ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.gradients import gradients
from chainrule.spec import ACTIVATIONS, Activation, Dense, Loss, NetworkSpec, TrainingSpec
from embedded import drawn, network
from strategies import verdict


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_may_be_parametric(activation: str) -> None:
    spec = network("everything", activation=activation)
    params, X, y, weights = drawn(spec, 40)
    arguments = (spec, params, X, y, TrainingSpec())
    _, expected = gradients(*arguments, sample_weight=weights)
    _, grads = engine.gradients(*arguments, sample_weight=weights)
    assert verdict(grads, expected) <= 1e-12


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_a_weight_of_one_is_the_activation_and_of_zero_its_input(
    activation: str, dtype: str
) -> None:
    layers = (Dense(19), Activation(activation), Dense(3))
    plain = NetworkSpec(4, layers, Loss("squared_error"))
    parametric = NetworkSpec(
        4, (Dense(19), Activation(activation, parametric=True), Dense(3)), Loss("squared_error")
    )
    linear = NetworkSpec(4, (Dense(19), Dense(3)), Loss("squared_error"))
    params: dict[str, Any] = engine.initialize(plain, seed=2, dtype=dtype)
    X = np.random.default_rng(0).normal(size=(30, 4))
    eps = float(np.finfo(dtype).eps)
    for weight, expected in ((1.0, plain), (0.0, linear)):
        factors = {"activation_weight1": np.full(19, weight, dtype)}
        np.testing.assert_allclose(
            engine.predict(parametric, params | factors, X),
            engine.predict(expected, params, X),
            rtol=0,
            atol=40 * eps,
        )
