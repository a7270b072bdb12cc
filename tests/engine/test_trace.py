"""What is shown is what is trained: the traced step against the step of fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.spec import (
    OPTIMIZERS,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    TrainingSpec,
)
from comparing import FUSED, instruction_set, rounded, same_bits, same_state
from strategies import random_problem


def one_step(seed: int, optimizer: str, dtype: str, clip_norm: float | None) -> None:
    """Trace the third step of a problem and make it with fit."""
    problem = random_problem(seed)
    training = replace(
        problem.training,
        optimizer=optimizer,
        learning_rate=0.01,
        epochs=2,
        clip_norm=clip_norm,
        weight_decay=0.1,
        learning_rate_factors={"b1": 0.0} if seed % 3 == 0 else {},
    )
    params = rounded(problem.params, dtype)
    arguments: dict[str, Any] = {"sample_weight": problem.sample_weight}
    before = engine.fit(problem.spec, params, problem.X, problem.y, training, **arguments)
    after = engine.fit(
        problem.spec,
        before.params,
        problem.X,
        problem.y,
        replace(training, epochs=1),
        state=before.state,
        **arguments,
    )
    seen = engine.trace(
        problem.spec,
        before.params,
        problem.X,
        problem.y,
        training,
        state=before.state,
        dropout_epoch=2,
        **arguments,
    )
    assert same_bits(seen.params_after, after.params), seed
    assert same_bits(seen.state_after.moments, after.state.moments), seed
    assert seen.state_after.n_steps == after.state.n_steps == 3
    assert same_bits(seen.params_before, before.params)
    assert same_state(seen.state_before, before.state)
    assert seen.data_loss == pytest.approx(after.history.loss[0], rel=1e-6)
    for name, update in seen.update.items():
        np.testing.assert_array_equal(update, seen.params_after[name] - seen.params_before[name])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_traced_step_is_the_step_of_fit(optimizer: str, dtype: str) -> None:
    first = 100 * list(OPTIMIZERS).index(optimizer)
    for seed in range(first, first + 12):
        one_step(seed, optimizer, dtype, [None, 0.05, 1e6][seed % 3])


@pytest.mark.parametrize("name", [*FUSED, "portable"])
def test_on_every_instruction_set(name: str) -> None:
    with instruction_set(name):
        for seed in range(40, 50):
            one_step(seed, "adam", "float32", 0.1)


@pytest.mark.parametrize("shape", [(600, 40, 3), (40, 200, 130)])
def test_wide_networks(shape: tuple[int, int, int]) -> None:
    n_in, hidden, n_out = shape
    rng = np.random.default_rng(0)
    spec = NetworkSpec(n_in, (Dense(hidden, "relu"), Dense(n_out)), Loss("squared_error"))
    params = engine.initialize(spec)
    X, y = rng.normal(size=(300, n_in)), rng.normal(size=(300, n_out))
    training = TrainingSpec(epochs=1, batch_size=None, n_threads=2)
    assert same_bits(
        engine.trace(spec, params, X, y, training).params_after,
        engine.fit(spec, params, X, y, training).params,
    )


def test_every_number_follows_from_the_others() -> None:
    """z = W a + b, a = sigma(z), delta = W^T delta * sigma', gradient = delta a^T."""
    rng = np.random.default_rng(1)
    spec = NetworkSpec(3, (Dense(7, "tanh"), Dense(4, "silu"), Dense(2)), Loss("squared_error"))
    params = {name: rng.normal(size=shape) for name, shape in spec.parameter_shapes.items()}
    X, y = rng.normal(size=(5, 3)), rng.normal(size=(5, 2))
    weights = rng.uniform(0.5, 2.0, size=5)
    training = TrainingSpec(optimizer="sgd", learning_rate=0.1, l1=0.01, l2=0.1)
    seen = engine.trace(spec, params, X, y, training, sample_weight=weights)
    share = weights / weights.sum()
    for l in (1, 2, 3):
        W, b = params[f"W{l}"], params[f"b{l}"]
        np.testing.assert_allclose(seen.z[l], seen.a[l - 1] @ W.T + b, rtol=1e-13, atol=1e-15)
        expected = (seen.delta[l] * share[:, np.newaxis]).T @ seen.a[l - 1]
        expected += 0.01 * np.sign(W) + 0.1 * W
        np.testing.assert_allclose(seen.grads[f"W{l}"], expected, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(
            seen.grads[f"b{l}"], share @ seen.delta[l], rtol=1e-12, atol=1e-15
        )
        np.testing.assert_allclose(
            seen.update[f"W{l}"], -0.1 * seen.grads[f"W{l}"], rtol=1e-11, atol=1e-15
        )
        if l < 3:
            below = (seen.delta[l + 1] @ params[f"W{l + 1}"]) * seen.slope[l]
            np.testing.assert_allclose(seen.delta[l], below, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(seen.slope[1], 1 - np.tanh(seen.z[1]) ** 2, rtol=1e-12)
    np.testing.assert_allclose(seen.losses, 0.5 * ((seen.a[3] - y) ** 2).sum(axis=1), rtol=1e-13)
    assert seen.data_loss == pytest.approx(seen.losses @ share, rel=1e-14)
    penalty = sum(
        0.01 * np.abs(params[f"W{l}"]).sum() + 0.05 * (params[f"W{l}"] ** 2).sum()
        for l in (1, 2, 3)
    )
    assert seen.penalty == pytest.approx(penalty, rel=1e-14)
    assert seen.loss == seen.data_loss + seen.penalty
    assert seen.masks == [None] * 4
    assert seen.z[0] is None
    assert seen.delta[0] is None


@pytest.mark.parametrize("frequency", [0.7, -0.01, 5.0])
def test_a_numeric_gradient_is_the_difference_at_its_h(frequency: float) -> None:
    """On a loss whose third derivative is large, so that another h gives another number."""
    spec = NetworkSpec(1, (PeriodicEmbedding(1, 1), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    name = next(name for name in params if "frequenc" in name)
    X, y = np.array([[300.0], [-251.0], [120.0]]), np.zeros(3)
    h = 6.06e-6 * max(1.0, abs(frequency))
    low, high = (
        engine.trace(spec, {**params, name: np.full((1, 1), w)}, X, y).data_loss
        for w in (frequency - h, frequency + h)
    )
    params[name] = np.full((1, 1), frequency)
    found = engine.numeric_gradients(spec, params, X, y)[name]
    difference = (high - low) / (frequency + h - (frequency - h))
    exact = engine.trace(spec, params, X, y).grads[name].item()
    assert abs(difference / exact - 1) > 1e-5
    assert found == pytest.approx([difference], rel=1e-7)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("epoch", [None, 0, 1, 7])
def test_numeric_gradients_drop_what_the_trace_drops(epoch: int | None, reduction: str) -> None:
    """In an epoch without number, nothing."""
    layers = (Dense(6, "tanh"), Dropout(0.4), Dense(2))
    spec = NetworkSpec(3, layers, Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    X, y = np.random.default_rng(2).normal(size=(2, 8, 3))
    given = (spec, params, X, y[:, :2], TrainingSpec(reduction=reduction))
    seen = engine.trace(*given, dropout_epoch=epoch)
    found = engine.numeric_gradients(*given, dropout_epoch=epoch)
    for name, slope in found.items():
        np.testing.assert_allclose(slope, seen.grads[name].ravel(), rtol=1e-6, atol=1e-9)
    assert (seen.masks[1] is None) == (epoch is None)


@pytest.mark.parametrize(("l1", "l2"), [(1.0, 0.0), (0.0, 1.0), (2.0, 0.0), (1.0, 1.0)])
def test_either_penalty_alone(l1: float, l2: float) -> None:
    spec = NetworkSpec(3, (Dense(2),), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    X, y = np.random.default_rng(1).normal(size=(2, 5, 3))
    plain = engine.trace(spec, params, X, y[:, :2]).grads
    for per_batch in (False, True):
        training = TrainingSpec(l1=l1, l2=l2, penalty_per_batch=per_batch)
        share, W = 1 / 5 if per_batch else 1.0, params["W1"]
        found = engine.trace(spec, params, X, y[:, :2], training).grads
        expected = plain["W1"] + share * (l1 * np.sign(W) + l2 * W)
        np.testing.assert_allclose(found["W1"], expected, rtol=1e-12)
        np.testing.assert_array_equal(found["b1"], plain["b1"])
        history = engine.fit(spec, params, X, y[:, :2], replace(training, epochs=1)).history
        if per_batch:
            penalty = l1 * np.abs(W).sum() + l2 / 2 * (W * W).sum()
            assert history.penalty == pytest.approx([penalty / 5], rel=1e-12)


def test_what_cannot_be_traced_is_named() -> None:
    spec = NetworkSpec(2, (Dense(1),), Loss("squared_error"))
    params = engine.initialize(spec)
    with pytest.raises(DataError, match="X has 3 columns"):
        engine.trace(spec, params, np.zeros((2, 3)), np.zeros(2))
    with pytest.raises(SpecError, match="no parameter 'W2'; it has W1, b1"):
        engine.numeric_gradients(spec, params, np.zeros((2, 2)), [0, 0], indices={"W2": [0]})
    with pytest.raises(DataError, match="indices of 'W1' must lie between 0 and 1"):
        engine.numeric_gradients(spec, params, np.zeros((2, 2)), [0, 0], indices={"W1": [2]})
    with pytest.raises(SpecError, match="names 'W7', which this network lacks"):
        engine.trace(
            spec,
            params,
            np.zeros((2, 2)),
            [0, 0],
            TrainingSpec(learning_rate_factors={"W7": 1.0}),
        )


def test_without_masks_dropout_hands_its_input_on() -> None:
    spec = NetworkSpec(
        3, (Dropout(0.5), Dense(4, "tanh"), Dropout(0.5), Dense(1)), Loss("squared_error")
    )
    X = np.random.default_rng(0).normal(size=(5, 3))
    seen = engine.trace(spec, engine.initialize(spec, dtype="float64"), X, X[:, :1])
    np.testing.assert_array_equal(seen.layers[0].out, X)
    np.testing.assert_array_equal(seen.layers[3].out, seen.layers[2].out)
