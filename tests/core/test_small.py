"""A small network's step in two calls on one thread: the bits of the step in blocks on two."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import _core, engine
from chainrule.errors import DivergedError
from chainrule.spec import (
    OPTIMIZERS,
    Activation,
    Dense,
    Dropout,
    Layer,
    Loss,
    NetworkSpec,
    TrainingSpec,
)
from chainrule.spec.layers import ACTIVATIONS
from comparing import instruction_set, same_bits, same_state

MISH = Activation("mish", True)
HEADS = {
    "softmax": (Dense(3, "softmax"), "cross_entropy"),
    "many classes": (Dense(18, "softmax"), "cross_entropy"),
    "two numbers": (Dense(2), "squared_error"),
    "one number": (Dense(1), "huber"),
    "labels": (Dense(5, "sigmoid"), "binary_cross_entropy"),
    "counts": (Dense(1, "exp"), "poisson"),
}


def fits(spec: NetworkSpec, training: TrainingSpec, dtype: str, n: int, **options: Any) -> None:
    rng = np.random.default_rng(n)
    X = rng.normal(size=(n, spec.n_features)).astype(dtype)
    if spec.loss.name == "cross_entropy":
        y = rng.integers(0, spec.n_outputs, n)
    else:
        y = rng.integers(0, 2, (n, spec.n_outputs)).astype(dtype)
    params = engine.initialize(spec, seed=1, dtype=dtype)
    small, blocks = (
        engine.fit(spec, params, X, y, replace(training, n_threads=threads), **options)
        for threads in (1, 2)
    )
    assert small.history.stop_reason == "epochs"
    assert small.history.loss == blocks.history.loss
    assert same_bits(small.params, blocks.params)
    assert same_state(small.state, blocks.state)


@pytest.mark.parametrize("name", _core.instruction_sets())
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("head", HEADS)
def test_every_activation_below_every_head(head: str, dtype: str, name: str) -> None:
    layer, loss = HEADS[head]
    training = TrainingSpec(epochs=2, batch_size=20, learning_rate=1e-2)
    with instruction_set(name):
        for units, activation in enumerate(ACTIVATIONS, start=1):
            hidden = (Dense(2 * units, activation), Dense(25 - units, activation, True))
            fits(NetworkSpec(units, (*hidden, layer), Loss(loss)), training, dtype, 47)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer(optimizer: str, dtype: str) -> None:
    spec = NetworkSpec(3, (Dense(9, "tanh"), Dense(20, "relu"), Dense(2)), Loss("squared_error"))
    training = TrainingSpec(
        optimizer=optimizer, epochs=3, batch_size=32, l1=1e-3, l2=1e-2, schedule="cosine"
    )
    weights = np.random.default_rng(0).uniform(size=100)
    fits(spec, training, dtype, 100, sample_weight=weights)
    frozen = {"W2": 0.0, "b1": 0.0, "W1": 0.5}
    fits(spec, replace(training, learning_rate_factors=frozen), dtype, 100)


@pytest.mark.parametrize("hidden", [(Dense(9, "tanh"), Dropout(0.5)), (Dense(9, MISH),)])
def test_masks_and_factors_are_for_blocks_below_any_head(hidden: tuple[Layer, ...]) -> None:
    for units in (2, 40):
        spec = NetworkSpec(3, (*hidden, Dense(units)), Loss("squared_error"))
        fits(spec, TrainingSpec(epochs=2, batch_size=20), "float32", 45)


def test_decay_and_its_schedule() -> None:
    spec = NetworkSpec(30, (Dense(32, "gelu"), Dense(4)), Loss("squared_error"))
    training = TrainingSpec(
        optimizer="adamw", epochs=4, weight_decay=0.1, weight_decay_schedule="flat_cos"
    )
    fits(spec, training, "float32", 70)


def test_one_batch_of_all_rows_in_their_order() -> None:
    spec = NetworkSpec(2, (Dense(2, "relu"), Dense(2, "softmax")), Loss("cross_entropy"))
    for n in (1, 4, 119):
        fits(spec, TrainingSpec(epochs=20, batch_size=None, shuffle=False), "float32", n)


def test_a_diverging_fit_stops_with_the_same_numbers() -> None:
    spec = NetworkSpec(2, (Dense(8, "relu"), Dense(1)), Loss("squared_error"))
    X = np.ones((10, 2), np.float32)
    y = np.ones((10, 1), np.float32)
    params = engine.initialize(spec)
    training = TrainingSpec(optimizer="sgd", learning_rate=1e6, epochs=50)
    reached = []
    for threads in (1, 2):
        with pytest.raises(DivergedError) as caught:
            engine.fit(spec, params, X, y, replace(training, n_threads=threads))
        reached.append(caught.value.result)
    small, blocks = reached
    assert small.history.loss == blocks.history.loss
    assert same_bits(small.params, blocks.params)
