"""Activations: a = sigma(z), each with its derivative by z beside it.

Comparisons look at the real part alone, and |z| is z or -z, never the modulus: so every function
stays differentiable in the complex plane and serves the complex step of `gradients.py`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple, cast

import numpy as np

from chainrule.reference.arrays import Array

LEAKY_SLOPE = 0.01
ELU_ALPHA = 1.0
# Klambauer et al. 2017: with these two, mean 0 and variance 1 are a fixed point of the layer.
SELU_LAMBDA = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


def magnitude(z: Array) -> Array:
    """|z|, branching on the real part; at 0, its kink, the slope is 0."""
    return z * np.sign(z.real)


def negative_part(z: Array) -> Array:
    """min(z, 0), branching on the real part."""
    return np.where(z.real > 0, 0.0, z)


def positive_part(z: Array) -> Array:
    """max(z, 0), branching on the real part; NaN stays NaN."""
    return np.where(z.real <= 0, 0.0, z)


def sigmoid(z: Array) -> Array:
    """1 / (1 + e^-z), written so that nothing overflows."""
    left = z.real < 0
    small = np.exp(np.where(left, z, -z))
    return np.where(left, small, 1.0) / (1.0 + small)


def softplus(z: Array) -> Array:
    """log(1 + e^z), written so that nothing overflows.

    Both terms branch at the same place, so that their kinks cancel.
    """
    left = z.real < 0
    return np.where(left, 0.0, z) + log1p(np.exp(np.where(left, z, -z)))


def log1p(z: Array) -> Array:
    """log(1 + z) for z beside or right of 0; NumPy's own loses the digits of a small complex z."""
    if not np.iscomplexobj(z):
        return np.log1p(z)
    x, y = z.real, z.imag
    value: Any = 0.5 * np.log1p(x * (2.0 + x) + y * y) + 1j * np.arctan2(y, 1.0 + x)
    return cast(Array, value)


def erfc(z: Array) -> Array:
    """2/sqrt(pi) times the integral of e^-t^2 from z to infinity, for real and complex z."""
    from scipy.special import erfc as special_erfc

    value: Array = special_erfc(z)
    return value


def normal_cdf(z: Array) -> Array:
    """Phi(z), the probability that a standard normal number is below z."""
    return 0.5 * erfc(-z / math.sqrt(2.0))


def normal_density(z: Array) -> Array:
    """phi(z) = Phi'(z)."""
    return np.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def softmax(z: Array) -> Array:
    """e^z_j / sum_k e^z_k along the last axis; the largest z is subtracted first."""
    powers = np.exp(z - z.real.max(axis=-1, keepdims=True))
    shares: Array = powers / powers.sum(axis=-1, keepdims=True)
    return shares


def tanh_derivative(z: Array) -> Array:
    """1 - tanh(z)^2, which keeps its digits as a product: sigmoid(2z) = (1 + tanh z) / 2."""
    return 4.0 * sigmoid(2.0 * z) * sigmoid(-2.0 * z)


def mish_derivative(z: Array) -> Array:
    """tanh(u) + z tanh'(u) sigmoid(z) with u = softplus(z), by the product and the chain rule."""
    u = softplus(z)
    return np.tanh(u) + z * tanh_derivative(u) * sigmoid(z)


class Activation(NamedTuple):
    """sigma and sigma', both functions of z."""

    value: Callable[[Array], Array]
    derivative: Callable[[Array], Array]


# At a kink the derivative is the left one: 0 for relu, LEAKY_SLOPE for leaky_relu, and so on.
ACTIVATIONS = {
    "identity": Activation(lambda z: z, np.ones_like),
    "sigmoid": Activation(sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),  # sigmoid(-z) = 1 - a
    "tanh": Activation(np.tanh, tanh_derivative),
    "relu": Activation(positive_part, lambda z: np.where(z.real > 0, 1.0, 0.0)),
    "leaky_relu": Activation(
        lambda z: np.where(z.real > 0, z, LEAKY_SLOPE * z),
        lambda z: np.where(z.real > 0, 1.0, LEAKY_SLOPE),
    ),
    "elu": Activation(
        lambda z: np.where(z.real > 0, z, ELU_ALPHA * np.expm1(negative_part(z))),
        lambda z: np.where(z.real > 0, 1.0, ELU_ALPHA * np.exp(negative_part(z))),
    ),
    "selu": Activation(
        lambda z: SELU_LAMBDA * np.where(z.real > 0, z, SELU_ALPHA * np.expm1(negative_part(z))),
        lambda z: SELU_LAMBDA * np.where(z.real > 0, 1.0, SELU_ALPHA * np.exp(negative_part(z))),
    ),
    "gelu": Activation(
        lambda z: z * normal_cdf(z),
        lambda z: normal_cdf(z) + z * normal_density(z),
    ),
    "silu": Activation(
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) * (1.0 + z * sigmoid(-z)),
    ),
    "mish": Activation(lambda z: z * np.tanh(softplus(z)), mish_derivative),
    "softplus": Activation(softplus, sigmoid),
    "exp": Activation(np.exp, np.exp),
}


def activation(name: str, z: Array) -> Array:
    """a = sigma(z); softmax, which mixes the outputs of a row, is the one that is no table row."""
    return softmax(z) if name == "softmax" else ACTIVATIONS[name].value(z)


def activation_derivative(name: str, z: Array) -> Array:
    """sigma'(z), unit by unit; softmax has none, `losses.output_delta` goes past it."""
    return ACTIVATIONS[name].derivative(z)
