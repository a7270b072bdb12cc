"""Activations against 60 digits: at 0, beside it, at kinks and in saturation."""

from __future__ import annotations

from collections.abc import Iterator

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import exact
from chainrule.reference import activations as module
from chainrule.reference.activations import ACTIVATIONS, log1p, magnitude, softmax
from exact import POINTS, SEEN, ULPS, H, ulps


@pytest.fixture(autouse=True)
def many_digits() -> Iterator[None]:
    with mp.workdps(exact.DIGITS):
        yield


def places(name: str) -> np.ndarray:
    return POINTS[POINTS <= 700.0] if name == "exp" else POINTS


def test_every_activation_is_written_once_more() -> None:
    assert set(exact.ACTIVATIONS) == set(ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_value(name: str) -> None:
    value, _ = exact.ACTIVATIONS[name]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = ACTIVATIONS[name].value(places(name))
    for z, a in zip(places(name), found, strict=True):
        assert ulps(a, value(mpf(z))) <= ULPS + exact.magnified(name, z), z


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_derivative(name: str) -> None:
    _, slope = exact.ACTIVATIONS[name]
    with np.errstate(over="ignore", invalid="raise", divide="raise"):
        found = ACTIVATIONS[name].derivative(places(name))
    for z, d in zip(places(name), found, strict=True):
        assert ulps(d, slope(mpf(z))) <= ULPS + exact.magnified(name, z), z


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_complex_step(name: str) -> None:
    _, slope = exact.ACTIVATIONS[name]
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = ACTIVATIONS[name].value(places(name) + 1j * H).imag / H
    for z, d in zip(places(name), found, strict=True):
        expected = slope(mpf(z))
        if 0 < abs(expected) < SEEN:
            assert abs(d) < SEEN
        else:
            assert ulps(d, expected) <= 2 * ULPS + exact.magnified(name, z), z


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_slopes_written_once_more_are_the_derivatives(name: str) -> None:
    value, slope = exact.ACTIVATIONS[name]
    for z in map(mpf, ("-9", "-1", "-0.3", "-1e-8", "1e-8", "0.3", "1", "9")):
        assert mpmath.almosteq(mpmath.diff(value, z, h=mpf("1e-25")), slope(z), 1e-20, 1e-20), z


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_at_zero_the_slope_is_the_left_one_and_the_step_takes_the_same_side(
    name: str, zero: float
) -> None:
    value, _ = exact.ACTIVATIONS[name]
    left = (value(mpf(0)) - value(mpf("-1e-30"))) * mpf("1e30")
    derivative = ACTIVATIONS[name].derivative(np.array([zero]))
    step = ACTIVATIONS[name].value(np.array([zero + 1j * H])).imag / H
    assert abs(derivative[0] - left) < 1e-15
    assert abs(step[0] - left) < 1e-15


def test_magnitude_has_slope_0_at_its_kink() -> None:
    at = np.array([-1e300, -5e-324, -0.0, 0.0, 5e-324, 1e300])
    np.testing.assert_array_equal(magnitude(at), np.abs(at))
    np.testing.assert_array_equal(magnitude(at + 1j * H).imag / H, [-1.0, -1.0, 0.0, 0.0, 1.0, 1.0])


def test_log1p_and_erfc() -> None:
    at = np.array([0.0, 5e-324, 1e-300, 1e-30, 1e-8, 0.3, 1.0, 1e3])
    for x, real, moved in zip(at, log1p(at), log1p(at + 1j * H), strict=True):
        for found in (real, moved.real):
            assert abs(found - mpmath.log1p(mpf(x))) <= ULPS * np.spacing(found) + H * H, x
        assert ulps(moved.imag / H, 1 / (1 + mpf(x))) <= ULPS, x
    at = POINTS[np.abs(POINTS) <= 20.0]
    for x, real, moved in zip(at, module.erfc(at), module.erfc(at + 1j * H), strict=True):
        allowed = ULPS + x * x
        assert ulps(real, mpmath.erfc(mpf(x))) <= allowed, x
        assert (
            ulps(moved.imag / H, -2 / mpmath.sqrt(mp.pi) * exact.exp(-(mpf(x) ** 2))) <= allowed
        ), x


ROWS = [
    [0.0, -0.0],
    [0.0, 0.0, 0.0],
    [1e-300, -1e-300],
    [5e-324, 0.0],
    [40.0, 0.0],
    [-40.0, 40.0, 0.3],
    [700.0, -700.0, 699.0],
    [1e3, 1e3, -1e3],
    [1e300, -1e300],
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_softmax(row: list[float]) -> None:
    z = np.array(row)
    expected = exact.softmax(exact.numbers(row))
    # e^(z - top) magnifies the rounding of the difference by the difference.
    allowed = [ULPS + min(abs(v - z.max()), 745.0) for v in z]
    for found, p, most in zip(softmax(z), expected, allowed, strict=True):
        assert ulps(found, p) <= most
    for j in range(len(row)):
        step = softmax(z + 1j * H * np.eye(len(row))[j]).imag / H
        for k, found in enumerate(step):
            slope = expected[k] * ((j == k) - expected[j])
            assert abs(found - slope) <= allowed[k] * 2.3e-16 * expected[k] + mpf(SEEN), (j, k)
