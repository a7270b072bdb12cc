"""Activations as array operations: one row each."""

from __future__ import annotations

from collections.abc import Callable

from chainrule.export.values import Value, function

LEAKY_SLOPE = 0.01
SELU_LAMBDA = 1.0507009873554804934193349852946
SELU_ALPHA = 1.6732632423543772848170429916717


@function
def elu(z: Value, alpha: Value) -> Value:
    """z right of 0, alpha (e^z - 1) left of it."""
    return (z > 0.0).where(z, (z.minimum(0.0).exp() - 1.0) * alpha)


@function
def softmax(z: Value) -> Value:
    """e^z_j / sum_k e^z_k of each row; the largest z is subtracted first."""
    powers = (z - z.row_max()).exp()
    return powers / powers.row_sum()


ACTIVATIONS: dict[str, Callable[[Value], Value]] = {
    "identity": lambda z: z,
    "sigmoid": Value.sigmoid,
    "tanh": Value.tanh,
    "relu": lambda z: z.maximum(0.0),
    "leaky_relu": lambda z: z.maximum(z * LEAKY_SLOPE),
    "elu": lambda z: elu(z, 1.0),
    "selu": lambda z: elu(z, SELU_ALPHA) * SELU_LAMBDA,
    "gelu": lambda z: z * z.normal_cdf(),
    "silu": lambda z: z * z.sigmoid(),
    "mish": lambda z: z * z.softplus().tanh(),
    "softplus": Value.softplus,
    "softmax": softmax,
    "exp": Value.exp,
}
