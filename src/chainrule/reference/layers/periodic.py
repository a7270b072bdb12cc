"""The periodic embedding: a few learned combinations of cosines of each column, and the column."""

from __future__ import annotations

import math

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.spec import PeriodicEmbedding

TURN = 2.0 * math.pi


def forward(layer: PeriodicEmbedding, own: Params, x: Array) -> Array:
    """For each column c of x (n, columns), column after column:

        u_k = 2 pi frequency_ck x_c + phase_ck                  k counts frequencies
        e_c = [weight_c cos(u) + bias_c ; x_c]                  weight_c is (outputs, frequencies)

    Gives (n, columns (outputs + 1)).
    """
    u = angles(own["frequency"], own["phase"], x)
    e = np.einsum("...nck,...cok->...nco", np.cos(u), per_column(own["weight"], own["bias"]))
    e = e + own["bias"][..., np.newaxis, :, :]
    itself = np.broadcast_to(x[..., np.newaxis], (*e.shape[:-1], 1))
    both = np.concatenate([e, itself], axis=-1)
    return both.reshape(*both.shape[:-2], both.shape[-2] * both.shape[-1])


def vjp(
    layer: PeriodicEmbedding, own: Params, x: Array, dl_de: Array, share: Array
) -> tuple[None, Params]:
    """From delta = dl/de (n, columns (outputs + 1)), with g = weight^T delta:

        dL/dweight_ok   = sum over rows of share delta_o cos u_k
        dL/dbias_o      = sum over rows of share delta_o
        dL/dphase_k     = sum over rows of share (-g_k sin u_k)
        dL/dfrequency_k = sum over rows of share (-g_k sin u_k) 2 pi x

    x itself has no parameter, and what lies before it is data.
    """
    n, columns = x.shape
    weight, bias = own["weight"], own["bias"]
    u = angles(own["frequency"], own["phase"], x)
    delta = (share[:, np.newaxis] * dl_de).reshape(n, columns, -1)[..., :-1]
    dL_du = -np.einsum("nco,cok->nck", delta, per_column(weight, bias)) * np.sin(u)
    return None, {
        "frequency": (TURN * x[..., np.newaxis] * dL_du).sum(axis=0),
        "phase": dL_du.sum(axis=0),
        "weight": np.einsum("nco,nck->cok", delta, np.cos(u)).reshape(weight.shape),
        "bias": delta.sum(axis=0),
    }


def angles(frequency: Array, phase: Array, x: Array) -> Array:
    """u (n, columns, frequencies)."""
    turns = TURN * frequency[..., np.newaxis, :, :] * x[..., np.newaxis]
    return turns + phase[..., np.newaxis, :, :]


def per_column(weight: Array, bias: Array) -> Array:
    """weight (columns outputs, frequencies) as (columns, outputs, frequencies)."""
    return weight.reshape(*weight.shape[:-2], *bias.shape[-2:], weight.shape[-1])
