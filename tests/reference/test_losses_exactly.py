"""Losses and their derivatives against 60 digits: at kinks, at zeros and in saturation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import mpmath
import numpy as np
import pytest
from mpmath import mp, mpf

import exact
from chainrule.reference.activations import activation
from chainrule.reference.losses import (
    OF_ACTIVATION,
    OF_LOGITS,
    log_sum_exp,
    output_delta,
    row_losses,
)
from chainrule.spec import LOSSES, Dense, Loss, NetworkSpec
from exact import POINTS, SEEN, ULPS, H, numbers, ulps
from strategies import OUTPUTS

DELTA, QUANTILE = 0.7, 0.3
CONSTANTS = {"huber_delta": DELTA, "quantiles": (QUANTILE,)}

Number = Any  # an mpf


@pytest.fixture(autouse=True)
def many_digits() -> Iterator[None]:
    with mp.workdps(exact.DIGITS):
        yield


def sign(r: Number) -> Number:
    return mpf((r > 0) - (r < 0))


def huber(r: Number) -> Number:
    d = mpf(DELTA)
    return r * r / 2 if abs(r) <= d else d * (abs(r) - d / 2)


def pinball_slope(r: Number) -> Number:
    q = mpf(QUANTILE)
    return {1: 1 - q, -1: -q, 0: mpf(0)}[int(sign(r))]


# Of r = a - y: the value, and the slope by a with the subgradient at a kink.
OF_RESIDUAL: dict[str, tuple[Callable[[Number], Number], Callable[[Number], Number]]] = {
    "squared_error": (lambda r: r * r / 2, lambda r: r),
    "absolute_error": (abs, sign),
    "huber": (huber, lambda r: r if abs(r) <= DELTA else mpf(DELTA) * sign(r)),
    "pinball": (lambda r: r * pinball_slope(r), pinball_slope),
}
# Of z and y: the value, the derivative by z, and the largest term of each sum.
OF_Z: dict[str, Callable[[Number, Number], tuple[Number, Number, Number, Number]]] = {
    "poisson": lambda z, y: (
        exact.exp(z) - y * z,
        exact.exp(z) - y,
        max(exact.exp(z), abs(y * z)),
        max(exact.exp(z), y),
    ),
    "binary_cross_entropy": lambda z, y: (
        y * exact.softplus(-z) + (1 - y) * exact.softplus(z),
        (1 - y) * exact.sigmoid(z) - y * exact.sigmoid(-z),
        mpf(0),
        max((1 - y) * exact.sigmoid(z), y * exact.sigmoid(-z)),
    ),
}
EDGES = [DELTA, np.nextafter(DELTA, 0), np.nextafter(DELTA, 1)]
RESIDUALS = [*POINTS[np.abs(POINTS) < 1e200], *EDGES, *(-e for e in EDGES)]


def test_every_loss_is_written_once_more() -> None:
    assert set(OF_RESIDUAL) == set(OF_ACTIVATION)
    assert {*OF_Z, "cross_entropy"} == set(OF_LOGITS)


@pytest.mark.parametrize("name", OF_RESIDUAL)
def test_of_the_activation(name: str) -> None:
    value, slope = OF_RESIDUAL[name]
    f, derivative = OF_ACTIVATION[name]
    loss, zero = Loss.of(name, CONSTANTS), np.zeros(1)
    for a in RESIDUALS if name == "squared_error" else [*RESIDUALS, 1e300, -1e300]:
        at = np.array([a])
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            real, by_a = f(at, zero, loss), derivative(at, zero, loss)
            moved = f(at + 1j * H, zero, loss)
        assert ulps(real[0], value(mpf(a))) <= ULPS, a
        expected = slope(mpf(a))
        assert ulps(by_a[0], expected) <= ULPS, a
        assert ulps(moved[0].imag / H, expected) <= ULPS or 0 < abs(expected) < SEEN, a


@pytest.mark.parametrize("name", OF_Z)
def test_of_the_logits(name: str) -> None:
    f, derivative = OF_LOGITS[name]
    loss = Loss(name)
    targets = [0.0, 0.25, 0.5, 1.0] if name == "binary_cross_entropy" else [0.0, 1.0, 7.0]
    places = POINTS if name == "binary_cross_entropy" else POINTS[POINTS <= 700.0]
    for z, y in product(places, targets):
        at, to = np.array([z]), np.array([y])
        with np.errstate(over="raise", invalid="raise", divide="raise"):
            real, moved, by_z = f(at, to, loss), f(at + 1j * H, to, loss), derivative(at, to, loss)
        expected, slope, terms, slope_terms = OF_Z[name](mpf(z), mpf(y))
        assert ulps(real[0], expected, terms) <= ULPS, (z, y)
        assert ulps(by_z[0], slope, slope_terms) <= ULPS, (z, y)
        if 0 < abs(slope) < SEEN:
            assert abs(moved[0].imag / H) < SEEN
        else:
            assert ulps(moved[0].imag / H, slope, slope_terms) <= ULPS, (z, y)


ROWS = [
    [0.0, -0.0],
    [0.0, 0.0, 0.0],
    [5e-324, 0.0],
    [1e-30, -1e-300],
    [40.0, 0.0],
    [0.0, -40.0, -39.0],
    [1e3, 1e3, -1e3],
    [700.0, -700.0, 699.0],
    [1e300, -1e300],
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_cross_entropy(row: list[float]) -> None:
    z, loss = np.array([row]), Loss("cross_entropy")
    n, f, derivative = len(row), *OF_LOGITS["cross_entropy"]
    lse, shares = exact.log_sum_exp(numbers(row)), exact.softmax(numbers(row))
    top = max(numbers(row))
    assert ulps(log_sum_exp(z)[0, 0], lse, abs(top)) <= ULPS
    unit = (ULPS + min(float(np.ptp(row)), 745.0)) * 2.3e-16
    for y in (*np.eye(n), np.full(n, 1.0 / n), np.arange(1.0, n + 1.0)):
        to, t = y[np.newaxis], numbers(y)
        found = f(z, to, loss)[0]
        for j in range(n):
            assert ulps(found[j], t[j] * (lse - mpf(row[j]))) <= ULPS, (y, j)
        by_z = derivative(z, to, loss)[0]
        for j in range(n):
            slope = shares[j] * sum(t) - t[j]
            # What the sum of the other targets and the rest of 1 leave: their cancellation is real.
            terms = max(shares[j] * (sum(t) - t[j]), t[j] * (1 - shares[j]))
            assert abs(by_z[j] - slope) <= unit * terms + mpf(SEEN), (y, j)
            step = f(z + 1j * H * np.eye(n)[j], to, loss)[0].sum().imag / H
            assert abs(step - slope) <= n * unit * terms + mpf(SEEN), (y, j)


@pytest.mark.parametrize(("loss", "output"), OUTPUTS)
@pytest.mark.parametrize("z", [0.0, -0.0, 5e-324, -5e-324, 1e-30, -1e-30, 40.0, -40.0, 600.0])
def test_by_z_through_the_output_activation(loss: str, output: str, z: float) -> None:
    """On and off the target: the delta is the complex step's, and at kinks too."""
    n = 2 if loss == "cross_entropy" else 1
    spec = NetworkSpec(1, (Dense(n, output),), Loss.of(loss, CONSTANTS))
    at = np.full((1, n), z)
    a = activation(output, at)
    off = np.where(a > 0.5, 0.25, 0.75)  # stays between 0 and 1
    for y in (a, off, a + DELTA, a - DELTA):
        if loss in OF_LOGITS and ((y < 0) | (y > 1)).any():
            continue
        moved = at + 1j * H * np.eye(n)[0]
        out = activation(output, moved)
        still = a + 1j * out.imag  # as `forward.at_the_point`
        step = row_losses(spec, moved, still, y)[0].imag / H
        delta = output_delta(spec, at, a, y)[0, 0]
        assert abs(delta - step) <= 1e-14 * max(1.0, abs(delta)), y


@pytest.mark.parametrize("loss", sorted(name for name, row in LOSSES.items() if row.has_kink))
def test_on_the_target_a_row_moves_nothing(loss: str) -> None:
    spec = NetworkSpec(1, (Dense(1),), Loss.of(loss, CONSTANTS))
    for a in (0.0, -0.0, 0.1, 1e300):
        at = np.array([[a]])
        assert output_delta(spec, at, at, at) == 0.0
        assert row_losses(spec, at, at + 1j * H, at).imag == 0.0
        assert row_losses(spec, at, at, at) == 0.0


def test_binary_cross_entropy_at_zero_has_slope_one_half_minus_y() -> None:
    """The step once met a kink there that the two terms of softplus have, each on its own."""
    f, _ = OF_LOGITS["binary_cross_entropy"]
    for zero, y in product((0.0, -0.0), (0.0, 0.5, 1.0)):
        at = np.array([zero + 1j * H])
        assert f(at, np.array([y]), Loss("binary_cross_entropy")).imag / H == 0.5 - y
    assert mpmath.diff(exact.softplus, mpf("1e-40"), h=mpf("1e-45")) == pytest.approx(0.5)
