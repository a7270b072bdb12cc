"""Dropout: its schedule, its masks, and where no mask is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.fit import fit as reference_fit
from chainrule.reference.gradients import gradients
from chainrule.spec import (
    Activation,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    Residual,
    Scale,
    TrainingSpec,
)
from comparing import same_bits
from embedded import drawn, network
from strategies import random_params, verdict


def test_a_dropout_schedule_counts_the_steps_of_this_call() -> None:
    spec = network("scale", dropout=0.5)
    params, X, y, _ = drawn(spec, 20)
    still = TrainingSpec(
        learning_rate=0.0, epochs=4, batch_size=None, dropout_schedule="flat_cos", seed=8
    )
    losses = engine.fit(spec, params, X, y, still).history.loss
    expected = reference_fit(spec, params, X, y, still)[2].loss
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    steady = engine.fit(spec, params, X, y, replace(still, dropout_schedule="constant"))
    assert losses[:3] == steady.history.loss[:3]  # the rate is whole while t <= 1/2
    assert losses[3] != steady.history.loss[3]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_rate_of_zero_is_no_layer(dtype: str) -> None:
    def fitted(*dropout: Dropout) -> engine.FitResult:
        layers = (Scale(), *dropout, Dense(9, "gelu"), *dropout, Dense(2))
        spec = NetworkSpec(3, layers, Loss("squared_error"))
        rng = np.random.default_rng(0)
        X, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 2))
        params = engine.initialize(spec, seed=1, dtype=dtype)
        return engine.fit(spec, params, X, y, TrainingSpec(epochs=3, batch_size=7))

    assert same_bits(fitted(Dropout(0.0)).params, fitted().params)


@pytest.mark.parametrize(
    "layers",
    [
        lambda *drop: (*drop, Dense(9, "tanh"), *drop, Dense(4)),
        lambda *drop: (Dense(9, Activation("gelu", True)), *drop, Dense(6), *drop, Dense(3)),
        lambda *drop: (Dense(5), Residual((Dense(7, "relu"), *drop, Dense(5))), *drop, Dense(2)),
    ],
)
def test_without_an_epoch_no_gradient_knows_of_masks(layers: Callable[..., Any]) -> None:
    rng = np.random.default_rng(0)
    dropping, plain = (
        NetworkSpec(3, layers(*drop), Loss("squared_error")) for drop in ((Dropout(0.4),), ())
    )
    params, X = random_params(rng, plain), rng.normal(size=(8, 3))
    y, arguments = rng.normal(size=(8, plain.n_outputs)), TrainingSpec()
    _, expected = gradients(plain, params, X, y, arguments)
    _, grads = engine.gradients(dropping, params, X, y, arguments)
    assert verdict(grads, expected) <= 1e-12


@pytest.mark.parametrize("first", [Dropout(0.4), Activation("tanh")])
def test_masks_before_an_activation_are_drawn_as_behind_it(first: Dropout | Activation) -> None:
    second = Activation("tanh") if isinstance(first, Dropout) else Dropout(0.4)
    spec = NetworkSpec(3, (Dense(20), first, second, Dense(1)), Loss("squared_error"))
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(8, 3)), rng.normal(size=8)
    params = engine.initialize(spec, dtype="float64")
    seen = engine.trace(spec, params, X, y, dropout_epoch=3)
    behind = NetworkSpec(3, (Dense(20, "tanh"), Dropout(0.4), Dense(1)), Loss("squared_error"))
    other = engine.trace(behind, params, X, y, dropout_epoch=3)
    np.testing.assert_array_equal(seen.masks[1], other.masks[1])
    assert set(np.unique(seen.masks[1])) == {0.0, 1.0 / 0.6}
