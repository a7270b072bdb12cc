"""Losses: how wrong a row's prediction is, and delta(L) = dl/dz(L) where the backward pass begins.

A row's loss l is the sum over its outputs. The total is L = sum share l + penalty.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.reference.activations import (
    activation_derivative,
    log1p,
    magnitude,
    sigmoid,
    softmax,
    softplus,
)
from chainrule.reference.arrays import Array, Params
from chainrule.spec import Loss, NetworkSpec

LossTable = dict[str, tuple[Callable[..., Array], Callable[..., Array]]]


def huber(a: Array, y: Array, loss: Loss) -> Array:
    """r^2 / 2 up to |r| = d, then the tangent d (|r| - d/2); in one line with c = min(|r|, d)."""
    r, d = magnitude(a - y), loss.huber_delta
    c = np.where(r.real <= d, r, d)
    return 0.5 * c * c + d * (r - c)


def pinball(a: Array, y: Array, loss: Loss) -> Array:
    """max(q r, (q - 1) r) with r = y - a; output k aims at quantile q_k of the one target."""
    return (a - y) * pinball_derivative(a, y, loss)


def pinball_derivative(a: Array, y: Array, loss: Loss) -> Array:
    """-q below the target, 1 - q above it, 0 on it."""
    r, q = (y - a).real, np.array(loss.quantiles)
    return np.where(r > 0, -q, np.where(r < 0, 1.0 - q, 0.0))


def top_and_rest(z: Array) -> tuple[Array, Array]:
    """z_m, the first of the largest, and the sum over k != m of e^(z_k - z_m); both keep the axis.

    The others are summed without the 1 of m itself, beside which they would lose their digits.
    """
    m = z.real.argmax(axis=-1, keepdims=True)
    top = np.take_along_axis(z, m, axis=-1)
    powers = np.exp(z - top)
    np.put_along_axis(powers, m, 0.0, axis=-1)
    return top, powers.sum(axis=-1, keepdims=True)


def log_sum_exp(z: Array) -> Array:
    """log sum_k e^z_k along the last axis, which is kept."""
    top, rest = top_and_rest(z)
    return top + log1p(rest)


def cross_entropy(z: Array, y: Array, loss: Loss) -> Array:
    """-y_j log a_j at a = softmax(z)."""
    top, rest = top_and_rest(z)
    return y * (log1p(rest) - (z - top))


def cross_entropy_derivative(z: Array, y: Array, loss: Loss) -> Array:
    """a_j sum_k y_k - y_j, as a_j (sum of the other y) - y_j (sum of the other a)."""
    top, rest = top_and_rest(z)
    a = softmax(z)
    others = np.where(z == top, rest / (1.0 + rest), 1.0 - a)
    delta: Array = a * (y.sum(axis=-1, keepdims=True) - y) - y * others
    return delta


# Losses of the activation a: for each output the value, and below it the derivative by a.
OF_ACTIVATION: LossTable = {
    "squared_error": (
        lambda a, y, loss: 0.5 * (a - y) ** 2,
        lambda a, y, loss: a - y,
    ),
    "absolute_error": (
        lambda a, y, loss: magnitude(a - y),
        lambda a, y, loss: np.sign((a - y).real),
    ),
    "huber": (
        huber,
        lambda a, y, loss: np.where(
            magnitude(a - y).real <= loss.huber_delta,
            a - y,
            loss.huber_delta * np.sign((a - y).real),
        ),
    ),
    "pinball": (
        pinball,
        pinball_derivative,
    ),
}

# Losses of the pre-activation z, together with the output activation that belongs to them: for each
# output the value, and below it the derivative by z. No logarithm of a rounded probability occurs.
OF_LOGITS: LossTable = {
    "poisson": (  # -log of the Poisson probability of y at rate a = e^z, without log y!
        lambda z, y, loss: np.exp(z) - y * z,
        lambda z, y, loss: np.exp(z) - y,
    ),
    "binary_cross_entropy": (  # -y log a - (1 - y) log(1 - a) at a = sigmoid(z), and a - y
        lambda z, y, loss: y * softplus(-z) + (1.0 - y) * softplus(z),
        lambda z, y, loss: (1.0 - y) * sigmoid(z) - y * sigmoid(-z),  # sigmoid(-z) = 1 - a
    ),
    "cross_entropy": (
        cross_entropy,
        cross_entropy_derivative,
    ),
}


def targets(spec: NetworkSpec, y: Any) -> Array:
    """y as rows: class indices (n,) become rows with a single 1, a vector becomes a column."""
    y = np.asarray(y)
    indices = spec.loss.name == "cross_entropy" and y.ndim == 1
    rows: Array = np.eye(spec.n_outputs)[y] if indices else y.reshape(len(y), -1)
    return rows


def row_losses(spec: NetworkSpec, z: Array, a: Array, y: Array) -> Array:
    """l (n,) from z(L), a(L) (n, n_outputs) and the targets in rows."""
    loss = spec.loss
    if loss.name in OF_LOGITS:
        losses = OF_LOGITS[loss.name][0](z, y, loss)
    else:
        losses = OF_ACTIVATION[loss.name][0](a, y, loss)
    summed: Array = losses.sum(axis=-1)
    return summed


def output_delta(spec: NetworkSpec, z: Array, a: Array, y: Array) -> Array:
    """delta(L) = dl/dz(L) (n, n_outputs), which for losses of the activation is dl/da sigma'(z)."""
    name = spec.loss.name
    if name in OF_LOGITS:
        return OF_LOGITS[name][1](z, y, spec.loss)
    dl_da = OF_ACTIVATION[name][1](a, y, spec.loss)
    return dl_da * activation_derivative(spec.output_activation, z)


def row_shares(n: int, sample_weight: Array | None = None, reduction: str = "mean") -> Array:
    """The part of each row in L: its weight s, over the sum of all s for the mean; (n,)."""
    s = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    if reduction == "mean" and s.sum() > 0:
        s = s / s.sum()
    return s


def penalty(spec: NetworkSpec, params: Params, l1: float, l2: float) -> Any:
    """l1 sum |W| + l2/2 sum W^2 over all weights; biases are never penalised."""
    weights = [params[name] for name, parameter in spec.parameters.items() if parameter.is_weight]
    return sum((l1 * magnitude(W) + 0.5 * l2 * W * W).sum(axis=(-2, -1)) for W in weights)
