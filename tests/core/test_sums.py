"""Sums over rows keep their digits in float32, however many rows there are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    LayerNorm,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Scale,
    TrainingSpec,
)
from comparing import FUSED, instruction_set, same_bits

# Every kind of parameter: what stands before layer 1, wide, skinny and small products, gains,
# factors of activations.
EVERY = NetworkSpec(
    4,
    (
        Columns((Part(1, PeriodicEmbedding(3, 2)), Part(2), Part(1, CategoryEmbedding((4,), 3)))),
        Scale(),
        Dense(37, Activation("gelu", True)),
        LayerNorm(),
        Dense(18, "tanh"),
        Dense(2),
    ),
    Loss("squared_error"),
)
SMALL = NetworkSpec(3, (Dense(4, "tanh"), Dense(1)), Loss("squared_error"))


def alike(spec: NetworkSpec, n: int) -> tuple[np.ndarray, np.ndarray]:
    """n times the same row, where rounding goes the same way in every addition."""
    x = np.linspace(0.3, 0.7, spec.n_features)
    if spec is EVERY:
        x[-1] = 2.0
    return np.tile(x, (n, 1)), np.full((n, spec.n_outputs), 0.9)


def relative_errors(spec: NetworkSpec, X: np.ndarray, y: np.ndarray, seed: int) -> dict[str, float]:
    """Of the gradients and the loss in float32 against the same numbers in float64."""
    params = engine.initialize(spec, init="glorot_normal", seed=seed, dtype="float32")
    wide = {name: array.astype(np.float64) for name, array in params.items()}
    X = X.astype(np.float32)
    y = y.astype(np.float32)
    loss, grads = engine.gradients(spec, params, X, y)
    exact_loss, exact = engine.gradients(spec, wide, X.astype(np.float64), y.astype(np.float64))
    errors = {
        name: float(np.abs(grads[name] - exact[name]).max() / np.abs(exact[name]).max())
        for name in grads
        if np.abs(exact[name]).max() > 0
    }
    return errors | {"loss": abs(loss / exact_loss - 1)}


def own_errors(spec: NetworkSpec, X: np.ndarray, y: np.ndarray, seed: int) -> dict[str, float]:
    """What a single row's numbers in float32 are off by, whatever is added up."""
    return relative_errors(spec, X[:1], y[:1], seed)


@pytest.mark.parametrize("n", [33, 300, 5_000])
@pytest.mark.parametrize("spec", [EVERY, SMALL], ids=["every kind", "small"])
def test_rows_that_are_alike(spec: NetworkSpec, n: int) -> None:
    for seed in range(3):
        X, y = alike(spec, n)
        found, own = relative_errors(spec, X, y, seed), own_errors(spec, X, y, seed)
        assert len(found) > 4
        for name, error in found.items():
            assert error <= own[name] + 1e-6, name


@pytest.mark.slow
@pytest.mark.parametrize("n", [100_000, 1_000_000])
def test_a_million_rows(n: int) -> None:
    spec = NetworkSpec(1, (Dense(1),), Loss("squared_error"))
    X, y = np.full((n, 1), 0.3), np.full((n, 1), 0.7)
    found, own = relative_errors(spec, X, y, 0), own_errors(spec, X, y, 0)
    for name, error in found.items():
        assert error <= own[name] + 1e-6, name


def test_the_loss_and_the_step_of_fit_keep_them_too() -> None:
    n = 20_000
    X, y = alike(SMALL, n)
    params = engine.initialize(SMALL, seed=1, dtype="float32")
    training = TrainingSpec(optimizer="sgd", learning_rate=1.0, batch_size=None, epochs=1)
    many = engine.fit(SMALL, params, X, y, training)
    one = engine.fit(SMALL, params, X[:1], y[:1], training)
    assert many.history.loss[0] == pytest.approx(one.history.loss[0], rel=1e-7)
    for name, before in params.items():
        step, expected = many.params[name] - before, one.params[name] - before
        np.testing.assert_allclose(step, expected, rtol=0, atol=1e-6 * np.abs(expected).max())
    weighted = engine.fit(SMALL, params, X, y, training, sample_weight=np.full(n, 0.1))
    assert weighted.history.loss[0] == pytest.approx(one.history.loss[0], rel=2e-7)


@pytest.mark.skipif(len(FUSED) < 2, reason="one instruction set with FMA here")
@pytest.mark.parametrize("n", [32, 33, 255, 256, 257, 383, 384, 640, 1100])
def test_the_order_is_that_of_every_instruction_set_and_thread_count(n: int) -> None:
    rng = np.random.default_rng(n)
    X, y = rng.normal(size=(n, 4)), rng.normal(size=(n, 2))
    X[:, 3] = rng.integers(0, 5, n)
    params = engine.initialize(EVERY, init="glorot_normal", dtype="float32")
    training = TrainingSpec(batch_size=None, epochs=2, learning_rate=0.01)
    found = []
    for name in FUSED:
        for n_threads in (1, 3):
            with instruction_set(name):
                found.append(
                    engine.fit(EVERY, params, X, y, replace(training, n_threads=n_threads))
                )
    for other in found[1:]:
        assert same_bits(found[0].params, other.params)
        assert found[0].history.loss == other.history.loss
