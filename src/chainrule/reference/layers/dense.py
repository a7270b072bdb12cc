"""The dense layer: z = W a + b."""

from __future__ import annotations

import math

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.spec import Dense


def forward(layer: Dense, own: Params, a: Array) -> Array:
    """z_j = sum_i w_ji a_i + b_j for every row: z (n, n_out) from a (n, n_in).

    With the neural-tangent parametrisation, the sum is divided by sqrt(n_in).
    """
    W, b = own["W"], own["b"]
    return a @ np.swapaxes(W, -1, -2) * weight_scale(W, layer.ntk) + b[..., np.newaxis, :]


def vjp(layer: Dense, own: Params, a: Array, delta: Array, share: Array) -> tuple[Array, Params]:
    """From delta = dl/dz (n, n_out):

    dl/da_i  = sum_j w_ji delta_j                 (n, n_in), for each row
    dL/dw_ji = sum over rows of share delta_j a_i (n_out, n_in)
    dL/db_j  = sum over rows of share delta_j     (n_out,)
    """
    W = own["W"]
    scale = weight_scale(W, layer.ntk)
    shared_delta = share[:, np.newaxis] * delta
    return delta @ W * scale, {"W": shared_delta.T @ a * scale, "b": shared_delta.sum(axis=0)}


def weight_scale(W: Array, ntk: bool) -> float:
    """1, or 1 / sqrt(n_in) in the neural-tangent parametrisation."""
    return 1.0 / math.sqrt(W.shape[-1]) if ntk else 1.0
