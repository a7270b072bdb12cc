"""The kinds of layers from layer 1 on, forward beside backward.

Rows lie in the last axis but one. A stack of perturbed copies of W, b or a may stand in front of
it; only `gradients.complex_step` makes use of that.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.reference.arrays import Array


def dense_forward(W: Array, b: Array, a: Array, ntk: bool = False) -> Array:
    """z_j = sum_i w_ji a_i + b_j for every row: z (n, n_out) from a (n, n_in).

    With the neural-tangent parametrisation, the sum is divided by sqrt(n_in).
    """
    return a @ np.swapaxes(W, -1, -2) * weight_scale(W, ntk) + b[..., np.newaxis, :]


def dense_backward(
    W: Array, a: Array, delta: Array, share: Array, ntk: bool = False
) -> tuple[Array, Array, Array]:
    """From delta = dl/dz (n, n_out) of each row's own loss l:

        dl/da_i  = sum_j w_ji delta_j                 (n, n_in), for each row
        dL/dw_ji = sum over rows of share delta_j a_i (n_out, n_in)
        dL/db_j  = sum over rows of share delta_j     (n_out,)

    where `share` (n,) is the part of a row in the total, L = sum share l.
    """
    scale = weight_scale(W, ntk)
    shared_delta = share[:, np.newaxis] * delta
    return delta @ W * scale, shared_delta.T @ a * scale, shared_delta.sum(axis=0)


def weight_scale(W: Array, ntk: bool) -> float:
    """1, or 1 / sqrt(n_in) in the neural-tangent parametrisation."""
    return 1.0 / math.sqrt(W.shape[-1]) if ntk else 1.0


def blend_forward(z: Array, sigma: Array, blend: Array) -> Array:
    """a = z + blend (sigma(z) - z), one learned factor a unit: 1 is sigma, 0 is z itself."""
    return z + blend[..., np.newaxis, :] * (sigma - z)


def blend_backward(
    z: Array, sigma: Array, slope: Array, blend: Array, dl_da: Array, share: Array
) -> tuple[Array, Array]:
    """From dl/da (n, n_out), sigma(z) and slope = sigma'(z):

    dl/dz_j      = dl/da_j (1 + blend_j (sigma'(z_j) - 1))            (n, n_out), for each row
    dL/dblend_j  = sum over rows of share dl/da_j (sigma(z_j) - z_j)  (n_out,)
    """
    dl_dz = dl_da * (1.0 + blend * (slope - 1.0))
    return dl_dz, (share[:, np.newaxis] * dl_da * (sigma - z)).sum(axis=0)


def dropout_forward(a: Array, mask: Array | None) -> Array:
    """a m, where m is 0 for a dropped unit and 1 / (1 - rate) for a kept one."""
    return a if mask is None else a * mask


def dropout_backward(dl_dout: Array, mask: Array | None) -> Array:
    """dl/da = m dl/d(a m)."""
    return dl_dout if mask is None else dl_dout * mask
