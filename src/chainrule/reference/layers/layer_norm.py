"""Layer normalisation: every row is brought to mean 0 and variance 1 over its units."""

from __future__ import annotations

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.spec import LayerNorm


def forward(layer: LayerNorm, own: Params, a: Array) -> Array:
    """out_j = gain_j x_j + bias_j with x = (a - mean) / deviation of the row."""
    x, _ = normalized(layer, a)
    return own["norm_gain"][..., np.newaxis, :] * x + own["norm_bias"][..., np.newaxis, :]


def vjp(
    layer: LayerNorm, own: Params, a: Array, dl_dout: Array, share: Array
) -> tuple[Array, Params]:
    """With g_j = gain_j dl/dout_j, and means over the units of a row:

    dl/da_j     = (g_j - mean(g) - x_j mean(g x)) / deviation
    dL/dgain_j  = sum over rows of share dl/dout_j x_j
    dL/dbias_j  = sum over rows of share dl/dout_j
    """
    x, deviation = normalized(layer, a)
    g = own["norm_gain"] * dl_dout
    dl_da = (g - mean(g) - x * mean(g * x)) / deviation
    shared = share[:, np.newaxis] * dl_dout
    return dl_da, {"norm_gain": (shared * x).sum(axis=0), "norm_bias": shared.sum(axis=0)}


def normalized(layer: LayerNorm, a: Array) -> tuple[Array, Array]:
    """x (n, units) and the deviation sqrt(variance + epsilon) (n, 1) of every row."""
    centred = a - mean(a)
    deviation: Array = np.sqrt(mean(centred * centred) + layer.epsilon)
    return centred / deviation, deviation


def mean(a: Array) -> Array:
    """Over the units of a row, which stay an axis."""
    value: Array = a.mean(axis=-1, keepdims=True)
    return value
