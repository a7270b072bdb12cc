"""Activations against Python's scalar functions, their derivatives against the complex step."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule.reference.activations import ACTIVATIONS, activation, softmax
from chainrule.spec import OUTPUT_ACTIVATIONS

# The same functions, written again for one number.
SCALAR = {
    "identity": lambda z: z,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "tanh": math.tanh,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: max(z, 0.01 * z),
    "elu": lambda z: z if z > 0 else math.expm1(z),
    "selu": lambda z: 1.05070098735548 * (z if z > 0 else 1.67326324235438 * math.expm1(z)),
    "gelu": lambda z: z * (1 + math.erf(z / math.sqrt(2))) / 2,
    "silu": lambda z: z / (1 + math.exp(-z)),
    "mish": lambda z: z * math.tanh(math.log1p(math.exp(z))),
    "softplus": lambda z: math.log1p(math.exp(z)),
    "exp": math.exp,
}
SELU_LEFT = 1.0507009873554805 * 1.6732632423543772
DERIVATIVE_AT_0 = {
    "identity": 1.0,
    "sigmoid": 0.25,
    "tanh": 1.0,
    "relu": 0.0,
    "leaky_relu": 0.01,
    "elu": 1.0,
    "selu": SELU_LEFT,
    "gelu": 0.5,
    "silu": 0.5,
    "mish": 0.6,
    "softplus": 0.5,
    "exp": 1.0,
}
POINTS = np.array([-9.0, -3.5, -1.0, -0.3, -1e-3, 1e-3, 0.2, 1.0, 2.5, 9.0])


def test_every_activation_of_the_closed_set_has_its_row() -> None:
    assert set(ACTIVATIONS) == set(OUTPUT_ACTIVATIONS) - {"softmax"}
    assert set(SCALAR) == set(DERIVATIVE_AT_0) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value(name: str) -> None:
    expected = [SCALAR[name](float(z)) for z in POINTS]
    np.testing.assert_allclose(ACTIVATIONS[name].value(POINTS), expected, rtol=1e-13, atol=1e-16)


@pytest.mark.parametrize(
    ("name", "z", "expected"),
    [
        ("gelu", 1.0, 0.8413447460685429),
        ("mish", 1.0, 0.8650983882673103),
        ("silu", 1.0, 0.7310585786300049),
        ("selu", -1.0, -1.1113307378125625),
        ("elu", -1.0, -0.6321205588285577),
        ("softplus", 0.0, 0.6931471805599453),
    ],
)
def test_published_values(name: str, z: float, expected: float) -> None:
    assert float(ACTIVATIONS[name].value(np.array(z))) == pytest.approx(expected, rel=2e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_is_that_of_the_value(name: str) -> None:
    step = ACTIVATIONS[name].value(POINTS + 1e-30j).imag / 1e-30
    np.testing.assert_allclose(ACTIVATIONS[name].derivative(POINTS), step, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative_at_zero_is_the_left_one(name: str) -> None:
    zeros = np.array([0.0, -0.0])
    np.testing.assert_allclose(
        ACTIVATIONS[name].derivative(zeros), [DERIVATIVE_AT_0[name]] * 2, rtol=1e-15
    )


def test_smallest_numbers_count_as_sides_of_the_kink() -> None:
    smallest = np.array([-5e-324, 5e-324])
    np.testing.assert_array_equal(ACTIVATIONS["relu"].derivative(smallest), [0.0, 1.0])
    np.testing.assert_array_equal(ACTIVATIONS["leaky_relu"].derivative(smallest), [0.01, 1.0])


@pytest.mark.parametrize("name", sorted(set(ACTIVATIONS) - {"exp"}))
def test_nothing_overflows_far_out(name: str) -> None:
    far = np.array([-1e4, 1e4])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        value, slope = ACTIVATIONS[name].value(far), ACTIVATIONS[name].derivative(far)
        complex_value = ACTIVATIONS[name].value(far + 1e-30j)
    assert np.isfinite(value).all() and np.isfinite(slope).all()
    np.testing.assert_array_equal(complex_value.real, value)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(ACTIVATIONS[name].value(np.array([np.nan]))).all()


def test_softmax_is_shares_of_exponentials() -> None:
    z = np.log(np.array([[1.0, 2.0, 5.0], [3.0, 3.0, 3.0]]))
    expected = [[0.125, 0.25, 0.625], [1 / 3] * 3]
    np.testing.assert_allclose(softmax(z), expected, rtol=1e-15)
    np.testing.assert_allclose(activation("softmax", z + 700.0), expected, rtol=1e-13)
    np.testing.assert_array_equal(softmax(np.array([1e4, -1e4])), [1.0, 0.0])
