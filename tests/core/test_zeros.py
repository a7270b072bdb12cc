"""Zeros and kinks: engine, reference and complex step give the same numbers there."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from mpmath import mp, mpf

import exact
from chainrule import engine
from chainrule.reference.activations import ACTIVATIONS, activation_derivative
from chainrule.reference.forward import forward
from chainrule.reference.gradients import H, complex_step, gradients
from chainrule.reference.losses import output_delta, row_losses
from chainrule.spec import LOSSES, Dense, Loss, NetworkSpec, TrainingSpec
from comparing import rounded
from on_zeros import problem_on_zeros
from strategies import verdict

DTYPES = ("float32", "float64")
# A gradient that cancels to 0 where predictions meet their targets has only roundings left; they
# count as roundings of a number of this size, and in float32, where paths add up, of ten times it.
FLOOR = 1e-2
FLOAT64, FLOAT32 = 1e-12, 1e-4


def compare(seed: int) -> None:
    problem = problem_on_zeros(seed)
    arguments = (problem.spec, problem.params, problem.X, problem.y, problem.training)
    step = complex_step(*arguments, **problem.options)
    expected_loss, expected = gradients(*arguments, **problem.options)
    assert verdict(expected, step, FLOOR) <= FLOAT64, seed
    loss, double = engine.gradients(*arguments, **problem.options)
    assert loss == pytest.approx(expected_loss, rel=1e-13, abs=1e-15), seed
    assert verdict(double, step, FLOOR) <= FLOAT64, seed
    params = rounded(problem.params, "float32")
    _, single = engine.gradients(problem.spec, params, *arguments[2:], **problem.options)
    assert verdict(single, step, 10 * FLOOR) <= FLOAT32, seed


def test_networks_on_zeros() -> None:
    for seed in range(400):
        compare(seed)


@pytest.mark.slow
def test_three_thousand_networks_on_zeros() -> None:
    for seed in range(1000, 4000):
        compare(seed)


def seen_at(
    spec: NetworkSpec, z: np.ndarray, y: np.ndarray, dtype: str
) -> tuple[np.ndarray, engine.Trace]:
    """z in this number type, and the trace of a network that hands its inputs on as z(L)."""
    n = spec.n_outputs
    params = rounded({"W1": np.eye(n), "b1": np.zeros(n)}, dtype)
    z = z.astype(dtype).reshape(-1, n)
    return z.astype(float), engine.trace(spec, params, z, y, TrainingSpec())


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_at_zeros_at_kinks_and_in_saturation(name: str, dtype: str) -> None:
    info = np.finfo(dtype)
    size = np.abs(exact.POINTS)
    z = exact.POINTS[(size == 0) | (size > float(info.tiny)) & (size < float(info.max) / 4)]
    z = z[z < 80.0] if name == "exp" else z
    spec = NetworkSpec(1, (Dense(1, name),), Loss("poisson" if name == "exp" else "squared_error"))
    with np.errstate(over="ignore"):
        rows, seen = seen_at(spec, z, np.zeros(len(z)), dtype)
    value, slope = exact.ACTIVATIONS[name]
    assert seen.slope[1] is not None
    with mp.workdps(exact.DIGITS):
        for at, a, s in zip(rows[:, 0], seen.a[1][:, 0], seen.slope[1][:, 0], strict=True):
            off = abs(mpf(float(a)) - value(mpf(at)))
            allowed = exact.ULPS + exact.magnified(name, at)
            # float32's silu and mish are 0 from -88 on, where they are 5e-37.
            smallest = 1e4 * float(info.tiny)
            assert off <= allowed * float(info.eps) * abs(value(mpf(at))) + smallest, at
            # Slopes that are had from a, and 1 - s, carry the rounding of 1.
            right = slope(mpf(at))
            assert abs(mpf(float(s)) - right) <= 16 * float(info.eps) * max(1, right), at


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "selu"])
def test_the_side_of_a_kink(name: str, dtype: str) -> None:
    """The left slope at 0, and at subnormal numbers, which the engine takes for 0."""
    tiny = float(np.finfo(dtype).tiny)
    z = np.array([-tiny, -tiny / 4, -0.0, 0.0, tiny / 4, tiny])
    spec = NetworkSpec(1, (Dense(1, name),), Loss("squared_error"))
    _, seen = seen_at(spec, z, np.ones(6), dtype)
    left, right = activation_derivative(name, np.array([0.0, 1.0]))
    assert seen.slope[1] is not None
    np.testing.assert_allclose(seen.slope[1][:, 0], [left] * 5 + [right], rtol=1e-7)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("loss", "output"),
    [
        (loss, output)
        for loss, row in LOSSES.items()
        for output in row.activations
        if loss != "cross_entropy"
    ],
)
def test_a_prediction_that_meets_its_target(loss: str, output: str, dtype: str) -> None:
    """Value and delta where a = y exactly, and where huber turns: engine as reference as step."""
    spec = NetworkSpec(
        1, (Dense(1, output),), Loss.of(loss, {"huber_delta": 0.5, "quantiles": (0.25,)})
    )
    z = np.array([0.0, -0.0, 0.75, -0.75, 2.0])
    _, seen = seen_at(spec, z, np.zeros(5), dtype)
    a = seen.a[1].astype(float)
    for away in (0.0, 0.5, -0.5):
        y = a + away
        if loss in ("poisson", "binary_cross_entropy"):
            y = np.clip(y, 0.0, 1.0)
        rows, seen = seen_at(spec, z, y, dtype)
        y = y.astype(dtype).astype(float)
        delta = output_delta(spec, rows, a, y)
        step = row_losses(spec, rows + 1j * H, a + 1j * H * activation_derivative(output, rows), y)
        bound = 8 * float(np.finfo(dtype).eps)
        np.testing.assert_allclose(step.imag[:, np.newaxis] / H, delta, rtol=1e-13, atol=1e-15)
        np.testing.assert_allclose(seen.losses, row_losses(spec, rows, a, y), bound, bound)
        np.testing.assert_allclose(seen.delta[-1], delta, bound, bound)
        if away == 0.0 and LOSSES[loss].has_kink:
            np.testing.assert_array_equal(seen.delta[-1], 0.0)
            np.testing.assert_array_equal(delta, 0.0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [2, 3, 20])
def test_equal_classes(n: int, dtype: str) -> None:
    """Every probability is 1/n, and at targets of 1/n nothing moves."""
    spec = NetworkSpec(n, (Dense(n, "softmax"),), Loss("cross_entropy"))
    y = np.vstack([np.full((1, n), 1.0 / n), np.eye(n)])
    rows, seen = seen_at(spec, np.zeros((n + 1, n)), y, dtype)
    bound = float(np.finfo(dtype).eps)
    np.testing.assert_allclose(seen.a[1], 1.0 / n, rtol=bound)
    np.testing.assert_allclose(seen.losses, np.log(n), rtol=4 * bound)
    delta = output_delta(spec, rows, np.full((n + 1, n), 1.0 / n), y)
    np.testing.assert_allclose(seen.delta[-1], delta, rtol=4 * bound, atol=bound)


@pytest.mark.parametrize("seed", range(3))
def test_second_order_terms_do_not_push_a_unit_over_its_kink(seed: int) -> None:
    """elu(i h) has the real part -h^2/2, which W < 0 turns into a positive z of the relu above."""
    rng = np.random.default_rng(seed)
    spec = NetworkSpec(2, (Dense(3, "elu"), Dense(3, "relu"), Dense(1)), Loss("squared_error"))
    params = {name: np.zeros(shape) for name, shape in spec.parameter_shapes.items()}
    params["W2"], params["W3"] = -rng.uniform(1.0, 2.0, (3, 3)), rng.normal(size=(1, 3))
    X, y = np.ones((4, 2)), np.ones(4)
    step = complex_step(spec, params, X, y, TrainingSpec())
    _, expected = gradients(spec, params, X, y, TrainingSpec())
    _, found = engine.gradients(spec, params, X, y, TrainingSpec())
    for name in ("W1", "b1", "W2", "b2"):
        for tensor in (step, expected, found):
            np.testing.assert_array_equal(tensor[name], 0.0)
    assert [z == 0.0 for z in forward(spec, params, X)[0][2].flat] == [True] * 12


@pytest.mark.parametrize(("dtype", "zero"), list(product(DTYPES, (0.0, -0.0))))
def test_the_first_table_of_every_learner_before_training(dtype: str, zero: float) -> None:
    """XOR: biases and the first row are 0, so every z of that row is exactly 0."""
    spec = NetworkSpec(2, (Dense(8, "tanh"), Dense(1, "sigmoid")), Loss("binary_cross_entropy"))
    params = rounded(engine.initialize(spec, dtype="float64"), dtype)
    X, y = np.array([[zero, zero], [0, 1], [1, 0], [1, 1]]), np.array([0.0, 1.0, 1.0, 0.0])
    exactly = {name: w.astype(float) for name, w in params.items()}
    step = complex_step(spec, exactly, X, y, TrainingSpec())
    _, found = engine.gradients(spec, params, X, y, TrainingSpec())
    assert verdict(found, step) <= (1e-14 if dtype == "float64" else 1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_weight_of_zero_has_no_side_for_a_penalty(dtype: str) -> None:
    spec = NetworkSpec(3, (Dense(2),), Loss("squared_error"))
    params = {"W1": np.zeros((2, 3), dtype), "b1": np.zeros(2, dtype)}
    params["W1"][1, 2], params["W1"][0, 1] = 0.5, -0.5
    arguments = (spec, params, np.zeros((4, 3)), np.zeros((4, 2)), TrainingSpec(l1=0.25))
    _, grads = engine.gradients(*arguments)
    np.testing.assert_array_equal(grads["W1"], [[0.0, -0.25, 0.0], [0.0, 0.0, 0.25]])
