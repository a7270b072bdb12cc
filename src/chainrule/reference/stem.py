"""The stem: what makes a(0), the inputs of layer 1, out of the rows of X. Forward beside backward.

A row holds first the features of the periodic embedding, then those that pass as they are, last
the codes of the category embedding. A stack of perturbed copies of one parameter may stand in
front of its axes; only `gradients.complex_step` makes use of that.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.reference.arrays import Array, Indices, Params
from chainrule.spec import NetworkSpec

TURN = 2.0 * math.pi
PERIODIC = ("freq", "phase", "mix", "shift")


def periodic_forward(freq: Array, phase: Array, mix: Array, shift: Array, x: Array) -> Array:
    """For each column c of x (n, columns), column after column:

        u_k = 2 pi freq_ck x_c + phase_ck                       k counts frequencies
        e_c = [mix_c cos(u) + shift_c ; x_c]                    mix_c is (outputs, frequencies)

    Gives (n, columns (outputs + 1)).
    """
    u = angles(freq, phase, x)
    waves = np.einsum("...nck,...cok->...nco", np.cos(u), per_column(mix, shift))
    waves = waves + shift[..., np.newaxis, :, :]
    itself = np.broadcast_to(x[..., np.newaxis], (*waves.shape[:-1], 1))
    return flat(np.concatenate([waves, itself], axis=-1))


def periodic_backward(
    freq: Array, phase: Array, mix: Array, shift: Array, x: Array, dl_de: Array, share: Array
) -> Params:
    """From delta = dl/de (n, columns (outputs + 1)) of each row's own loss l, with g = mix^T delta:

        dL/dmix_ok  = sum over rows of share delta_o cos u_k
        dL/dshift_o = sum over rows of share delta_o
        dL/dphase_k = sum over rows of share (-g_k sin u_k)
        dL/dfreq_k  = sum over rows of share (-g_k sin u_k) 2 pi x

    x itself has no parameter, and what lies before it is data.
    """
    n, columns = x.shape
    u = angles(freq, phase, x)
    delta = (share[:, np.newaxis] * dl_de).reshape(n, columns, -1)[..., :-1]
    dL_du = -np.einsum("nco,cok->nck", delta, per_column(mix, shift)) * np.sin(u)
    return {
        "freq": (TURN * x[..., np.newaxis] * dL_du).sum(axis=0),
        "phase": dL_du.sum(axis=0),
        "mix": np.einsum("nco,nck->cok", delta, np.cos(u)).reshape(mix.shape),
        "shift": delta.sum(axis=0),
    }


def angles(freq: Array, phase: Array, x: Array) -> Array:
    """u (n, columns, frequencies)."""
    return TURN * freq[..., np.newaxis, :, :] * x[..., np.newaxis] + phase[..., np.newaxis, :, :]


def per_column(mix: Array, shift: Array) -> Array:
    """mix (columns outputs, frequencies) as (columns, outputs, frequencies)."""
    return mix.reshape(*mix.shape[:-2], *shift.shape[-2:], mix.shape[-1])


def categories_forward(levels: Array, places: Indices) -> Array:
    """The row of `levels` of every code, side by side: (n, embedded features times units)."""
    return flat(levels[..., places, :])


def categories_backward(levels: Array, places: Indices, dl_de: Array, share: Array) -> Array:
    """dL/dlevels_r = sum of share dl/de over the rows whose code has its place at r."""
    delta = (share[:, np.newaxis] * dl_de).reshape(*places.shape, -1)
    grad = np.zeros_like(levels)
    np.add.at(grad, places, delta)
    return grad


def level_places(known: tuple[int, ...], codes: Array) -> Indices:
    """The row of `levels` of each code: K + 1 rows a feature, feature after feature."""
    starts = np.cumsum([0, *(k + 1 for k in known[:-1])])
    return starts + codes.astype(np.int64)


def flat(parts: Array) -> Array:
    """The last two axes as one."""
    return parts.reshape(*parts.shape[:-2], parts.shape[-2] * parts.shape[-1])


def stem_forward(spec: NetworkSpec, params: Params, X: Array) -> Array:
    """a(0) (n, n_0) from the rows: X without a stem, else scale * h of the embedded rows h."""
    h = embed(spec, params, X)
    return params["scale"][..., np.newaxis, :] * h if spec.scale else h


def stem_backward(
    spec: NetworkSpec, params: Params, X: Array, dl_da: Array, share: Array
) -> Params:
    """The gradients of all that stands before layer 1, from dl/da(0) (n, n_0):

    dL/dscale_j = sum over rows of share dl/da_j(0) h_j, and with dl/dh = scale dl/da(0) the rest.
    """
    grads: Params = {}
    dl_dh = dl_da
    if spec.scale:
        h = embed(spec, params, X)
        grads["scale"] = (share[:, np.newaxis] * dl_da * h).sum(axis=0)
        dl_dh = params["scale"] * dl_da
    if periodic := spec.periodic:
        freq, phase, mix, shift = (params[name] for name in PERIODIC)
        x = X[:, : periodic.columns]
        dl_de = dl_dh[:, : periodic.columns * (periodic.outputs + 1)]
        grads |= periodic_backward(freq, phase, mix, shift, x, dl_de, share)
    if categories := spec.categories:
        width = len(categories.levels) * categories.units
        places = level_places(categories.levels, X[:, -len(categories.levels) :])
        dl_de = dl_dh[:, -width:]
        grads["levels"] = categories_backward(params["levels"], places, dl_de, share)
    return grads


def embed(spec: NetworkSpec, params: Params, X: Array) -> Array:
    """h (n, n_0): the waves, the features that pass as they are, the vectors of the categories."""
    first = spec.periodic.columns if spec.periodic else 0
    last = spec.n_features - (len(spec.categories.levels) if spec.categories else 0)
    parts = [X[:, first:last]]
    if spec.periodic:
        freq, phase, mix, shift = (params[name] for name in PERIODIC)
        parts.insert(0, periodic_forward(freq, phase, mix, shift, X[:, :first]))
    if spec.categories:
        places = level_places(spec.categories.levels, X[:, last:])
        parts.append(categories_forward(params["levels"], places))
    stack = max((part.shape[:-2] for part in parts), key=len)
    return np.concatenate(
        [np.broadcast_to(part, (*stack, *part.shape[-2:])) for part in parts], axis=-1
    )
