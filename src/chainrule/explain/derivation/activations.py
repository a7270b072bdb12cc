"""How a and sigma'(z) come about: one line per activation.

These lines say in symbols what `reference/activations.py` computes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from chainrule.explain.notation.tree import (
    ONE,
    Node,
    Number,
    Quantity,
    add,
    apply,
    minus,
    over,
    power,
    times,
)
from chainrule.reference.activations import LEAKY_SLOPE, SELU_ALPHA, SELU_LAMBDA
from chainrule.reference.arrays import Array
from chainrule.reference.losses import log_sum_exp

Rule = Callable[[Node, Node], Node]  # of z and a


class ActivationRule(NamedTuple):
    """a of (z, a), and sigma'(z) of (z, a); None where the slope mixes units."""

    value: Rule
    slope: Rule | None


def _piece(above: Rule, below: Rule) -> Rule:
    """The piece that holds on the side of the kink where z is; at 0, the left one."""
    return lambda z, a: above(z, a) if z.value > 0 else below(z, a)


def _mish_slope(z: Node, a: Node) -> Node:
    t = apply("tanh", apply("softplus", z))
    return add(t, times(z, add(ONE, minus(power(t, 2))), apply("logistic", z)))


ACTIVATION_RULES: dict[str, ActivationRule] = {
    "identity": ActivationRule(lambda z, a: z, lambda z, a: ONE),
    "sigmoid": ActivationRule(
        lambda z, a: apply("logistic", z),
        lambda z, a: times(a, add(ONE, minus(a))),
    ),
    "tanh": ActivationRule(
        lambda z, a: apply("tanh", z),
        lambda z, a: add(ONE, minus(power(a, 2))),
    ),
    "relu": ActivationRule(lambda z, a: apply("positive", z), lambda z, a: apply("step", z)),
    "leaky_relu": ActivationRule(
        _piece(lambda z, a: z, lambda z, a: times(Number(LEAKY_SLOPE), z)),
        _piece(lambda z, a: ONE, lambda z, a: Number(LEAKY_SLOPE)),
    ),
    "elu": ActivationRule(
        _piece(lambda z, a: z, lambda z, a: apply("expm1", z)),
        _piece(lambda z, a: ONE, lambda z, a: apply("exp", z)),
    ),
    "selu": ActivationRule(
        _piece(
            lambda z, a: times(Number(SELU_LAMBDA), z),
            lambda z, a: times(Number(SELU_LAMBDA), Number(SELU_ALPHA), apply("expm1", z)),
        ),
        _piece(
            lambda z, a: Number(SELU_LAMBDA),
            lambda z, a: times(Number(SELU_LAMBDA), Number(SELU_ALPHA), apply("exp", z)),
        ),
    ),
    "gelu": ActivationRule(
        lambda z, a: times(z, apply("normal_cdf", z)),
        lambda z, a: add(apply("normal_cdf", z), times(z, apply("normal_density", z))),
    ),
    "silu": ActivationRule(
        lambda z, a: times(z, apply("logistic", z)),
        lambda z, a: times(apply("logistic", z), add(ONE, times(z, apply("logistic", minus(z))))),
    ),
    "mish": ActivationRule(lambda z, a: times(z, apply("tanh", apply("softplus", z))), _mish_slope),
    "softplus": ActivationRule(
        lambda z, a: apply("softplus", z), lambda z, a: apply("logistic", z)
    ),
    "exp": ActivationRule(lambda z, a: apply("exp", z), lambda z, a: a),
    "softmax": ActivationRule(lambda z, a: z, None),  # needs its row: `softmax_value`
}


def softmax_value(z: Node, all_z: Array, r: int) -> Node:
    """a = e^z / sum_k e^z_k, or e^(z - ln sum_k e^z_k) where the powers would overflow."""
    powers = exp_sum(all_z, r)
    if 0 < powers.value < math.inf and z.value < 700:
        return over(apply("exp", z), powers)
    return apply("exp", add(z, minus(log_sum(all_z, r))))


def exp_sum(z: Array, r: int) -> Quantity:
    """sum_k e^z_k over the units of row r."""
    with np.errstate(over="ignore"):
        return Quantity("exp_sum", float(np.exp(z.astype(np.float64)).sum()), row=r)


def log_sum(z: Array, r: int) -> Quantity:
    """ln sum_k e^z_k over the units of row r."""
    value = log_sum_exp(z[np.newaxis].astype(np.float64))
    return Quantity("log_sum", float(value[0, 0]), row=r)
