"""Losses of the core against the reference, at kinks and at numbers that overflow elsewhere."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.forward import forward
from chainrule.reference.losses import output_delta, row_losses, targets
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec
from comparing import rounded
from strategies import COMBINATIONS, random_problem


def test_every_row_of_every_loss_is_the_references() -> None:
    for seed in range(len(COMBINATIONS)):
        problem = random_problem(seed)
        z, a = forward(problem.spec, problem.params, problem.X)
        y = targets(problem.spec, problem.y)
        expected = row_losses(problem.spec, z[-1], a[-1], y)
        delta = output_delta(problem.spec, z[-1], a[-1], y)
        seen = engine.trace(
            problem.spec,
            problem.params,
            problem.X,
            problem.y,
            problem.training,
            sample_weight=problem.sample_weight,
        )
        size = max(1.0, float(np.abs(expected).max()))
        np.testing.assert_allclose(seen.losses, expected, rtol=1e-13, atol=1e-14 * size)
        assert seen.delta[-1] is not None
        scale = max(1.0, float(np.abs(delta).max()))
        np.testing.assert_allclose(seen.delta[-1], delta, rtol=1e-12, atol=1e-14 * scale)
        weights = np.ones(len(y)) if problem.sample_weight is None else problem.sample_weight
        total = expected @ weights
        if problem.training.reduction == "mean":
            total /= weights.sum()
        assert seen.data_loss == pytest.approx(total, rel=1e-13)
        assert seen.weight_sum == pytest.approx(weights.sum(), rel=1e-15)


def one(loss: Loss, activation: str, n_outputs: int = 1) -> NetworkSpec:
    return NetworkSpec(n_outputs, (Dense(n_outputs, activation),), loss)


def seen_at(
    spec: NetworkSpec, z: list[list[float]], y: object, dtype: str = "float64"
) -> engine.Trace:
    """The trace of a network that hands its inputs on as z(L)."""
    n = spec.n_outputs
    params = rounded({"W1": np.eye(n), "b1": np.zeros(n)}, dtype)
    return engine.trace(spec, params, np.array(z), y, TrainingSpec())


@pytest.mark.parametrize(
    ("loss", "z", "y", "delta"),
    [
        (Loss("absolute_error"), 1.0, 1.0, 0.0),
        (Loss("huber", huber_delta=0.5), 1.5, 1.0, 0.5),
        (Loss("huber", huber_delta=0.5), 0.5, 1.0, -0.5),
        (Loss("huber", huber_delta=0.5), 9.0, 1.0, 0.5),
        (Loss("pinball", quantiles=(0.9,)), 1.0, 1.0, 0.0),
        (Loss("pinball", quantiles=(0.9,)), 0.0, 1.0, -0.9),
        (Loss("pinball", quantiles=(0.9,)), 2.0, 1.0, 0.1),
    ],
    ids=str,
)
def test_the_derivative_at_a_kink(loss: Loss, z: float, y: float, delta: float) -> None:
    seen = seen_at(one(loss, "identity"), [[z]], [y])
    assert seen.delta[1] is not None
    assert float(seen.delta[1][0, 0]) == pytest.approx(delta, abs=1e-16)


@pytest.mark.parametrize(
    ("activation", "slope"),
    [("relu", 0.0), ("leaky_relu", 0.01), ("selu", 1.0507009873554805 * 1.6732632423543772)],
)
@pytest.mark.parametrize("z", [0.0, -0.0])
def test_the_slope_at_a_kink(activation: str, slope: float, z: float) -> None:
    seen = seen_at(one(Loss("squared_error"), activation), [[z]], [1.0])
    assert seen.slope[1] is not None
    assert float(seen.slope[1][0, 0]) == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("z", [-1e4, -800.0, -100.0, 0.0, 100.0, 800.0, 1e4])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
def test_binary_cross_entropy_never_overflows(dtype: str, z: float, y: float) -> None:
    seen = seen_at(one(Loss("binary_cross_entropy"), "sigmoid"), [[z]], [y], dtype)
    expected = max(z, 0.0) + math.log1p(math.exp(-abs(z))) - y * z
    assert float(seen.losses[0]) == pytest.approx(expected, rel=3e-7, abs=1e-30)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n_outputs", [2, 7, 8, 9, 15, 16, 17, 33, 100])
def test_cross_entropy_takes_any_width_and_any_size(dtype: str, n_outputs: int) -> None:
    rng = np.random.default_rng(n_outputs)
    z = rng.normal(size=(5, n_outputs)) * 30.0
    z[0] += 1e4
    z[1, -1] = z[2, 1] = z[3, 0] = 500.0
    y = rng.integers(n_outputs, size=5)
    spec = one(Loss("cross_entropy"), "softmax", n_outputs)
    seen = seen_at(spec, z.tolist(), y, dtype)
    z = z.astype(dtype).astype(float)
    top = z.max(axis=1, keepdims=True)
    log_p = z - top - np.log(np.exp(z - top).sum(axis=1, keepdims=True))
    expected = -log_p[np.arange(5), y]
    bound = 1e-13 if dtype == "float64" else 1e-5
    np.testing.assert_allclose(seen.losses, expected, rtol=bound, atol=100 * bound)
    np.testing.assert_allclose(seen.a[1], np.exp(log_p), atol=bound)
    np.testing.assert_allclose(seen.a[1].sum(axis=1), 1.0, atol=bound)


def test_class_indices_are_rows_with_a_single_one() -> None:
    problem = next(
        p
        for p in map(random_problem, range(1000))
        if p.spec.loss.name == "cross_entropy" and p.y.ndim == 1
    )
    rows = np.eye(problem.spec.n_outputs)[problem.y]
    by_index = engine.gradients(problem.spec, problem.params, problem.X, problem.y)
    by_row = engine.gradients(problem.spec, problem.params, problem.X, rows)
    assert by_index[0] == by_row[0]
    for name, grad in by_index[1].items():
        np.testing.assert_array_equal(grad, by_row[1][name])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("quantile", [0.1, 0.8])
def test_one_quantile_of_many_rows(quantile: float, dtype: str) -> None:
    z, y = np.arange(9.0), np.array([3.0, 0.0, 4.0, 3.0, 9.0, 1.0, 7.0, 7.5, 2.0])
    loss = Loss("pinball", quantiles=(quantile,))
    seen = seen_at(one(loss, "identity"), z[:, np.newaxis].tolist(), y, dtype)
    above = z > y
    bound = 4 * float(np.finfo(dtype).eps)
    expected = np.where(above, (1 - quantile) * (z - y), quantile * (y - z))
    np.testing.assert_allclose(seen.losses, expected, rtol=bound)
    slope = np.where(z == y, 0.0, np.where(above, 1 - quantile, -quantile))
    np.testing.assert_allclose(seen.delta[1][:, 0], slope, rtol=bound)


def test_all_quantiles_share_a_target() -> None:
    spec = NetworkSpec(1, (Dense(3),), Loss("pinball", quantiles=(0.1, 0.5, 0.9)))
    params = engine.initialize(spec, dtype="float64")
    X = np.ones((4, 1))
    y = np.arange(4.0)
    assert engine.loss(spec, params, X, y) == engine.loss(spec, params, X, np.tile(y, (3, 1)).T)
