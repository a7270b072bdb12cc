"""Activations and losses in 60 digits, written once more, and how far a float64 is from them.

Far from 0 a function may magnify the rounding of its own input: e^-z^2 by z^2. What is allowed
there beyond `ULPS` stands beside the function, in units in the last place.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
from mpmath import mp, mpf

from chainrule.reference.activations import LEAKY_SLOPE, SELU_ALPHA, SELU_LAMBDA
from chainrule.reference.gradients import H

DIGITS = 60
ULPS = 4.0
# A slope below this is no normal number when it is times H: the complex step cannot see it.
SEEN = float(np.finfo(float).tiny) / H
SIZES = (5e-324, 1e-300, 1e-30, 1e-8, 0.3, 1.0, 5.0, 9.0, 20.0, 37.0, 40.0, 700.0, 1e3, 1e300)
POINTS = np.array([0.0, -0.0, *(sign * size for size in SIZES for sign in (1.0, -1.0))])

Number = Any  # an mpf
Function = Callable[[Number], Number]


def exp(z: Number) -> Number:
    """e^z, 0 where it is below every float: mpmath would carry on with 300-digit exponents."""
    return mpmath.exp(z) if z > -1e6 else mpf(0)


def sigmoid(z: Number) -> Number:
    return exp(-abs(z)) ** (z < 0) / (1 + exp(-abs(z)))


def softplus(z: Number) -> Number:
    return max(z, mpf(0)) + mpmath.log1p(exp(-abs(z)))


def bell(z: Number) -> Number:
    return exp(-z * z / 2) / mpmath.sqrt(2 * mp.pi)


def normal_cdf(z: Number) -> Number:
    return mpmath.ncdf(z) if abs(z) < 1e4 else mpf(z > 0)


def tanh_slope(z: Number) -> Number:
    return 4 * sigmoid(2 * z) * sigmoid(-2 * z)


def mish_slope(z: Number) -> Number:
    u = softplus(z)
    return mpmath.tanh(u) + z * tanh_slope(u) * sigmoid(z)


LAMBDA, ALPHA = mpf(SELU_LAMBDA), mpf(SELU_ALPHA)
# sigma, and sigma' with the left slope at a kink.
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "identity": (lambda z: z, lambda z: mpf(1)),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "tanh": (mpmath.tanh, tanh_slope),
    "relu": (lambda z: max(z, mpf(0)), lambda z: mpf(z > 0)),
    "leaky_relu": (
        lambda z: z if z > 0 else mpf(LEAKY_SLOPE) * z,
        lambda z: mpf(1) if z > 0 else mpf(LEAKY_SLOPE),
    ),
    "elu": (
        lambda z: z if z > 0 else mpmath.expm1(z),
        lambda z: mpf(1) if z > 0 else exp(z),
    ),
    "selu": (
        lambda z: LAMBDA * (z if z > 0 else ALPHA * mpmath.expm1(z)),
        lambda z: LAMBDA * (1 if z > 0 else ALPHA * exp(z)),
    ),
    "gelu": (lambda z: z * normal_cdf(z), lambda z: normal_cdf(z) + z * bell(z)),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1 + z * sigmoid(-z))),
    "mish": (lambda z: z * mpmath.tanh(softplus(z)), mish_slope),
    "softplus": (softplus, sigmoid),
    "exp": (exp, exp),
}


def magnified(name: str, z: float) -> float:
    """Units in the last place that the rounding of z itself may cost."""
    return min(z * z, 2.0**52) if name == "gelu" and -38.0 < z < 0 else 0.0


def log_sum_exp(z: list[Number]) -> Number:
    top = max(z)
    return top + mpmath.log1p(sum(exp(v - top) for v in z) - 1)


def softmax(z: list[Number]) -> list[Number]:
    top = max(z)
    powers = [exp(v - top) for v in z]
    return [power / sum(powers) for power in powers]


def numbers(values: Any) -> list[Number]:
    """Floats as they are, in many digits."""
    return [mpf(float(v)) for v in np.ravel(values)]


def ulps(found: float, exact: Number, terms: Number = 0) -> float:
    """Distance in units in the last place of `exact`, or of the largest of the `terms` it sums.

    What is no normal number may be rounded to 0 or to infinity.
    """
    info = np.finfo(float)
    size = max(abs(exact), abs(terms))
    if np.isnan(found):
        return np.inf
    if size > float(info.max):
        return 0.0 if abs(found) == np.inf and (found > 0) == (exact > 0) else np.inf
    unit = max(size, mpf(float(info.tiny))) * float(info.eps)
    if abs(exact) < float(info.tiny):
        unit = mpf(float(info.tiny))
    return float(abs(mpf(float(found)) - exact) / unit)
