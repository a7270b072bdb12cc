"""Backward: the chain rule from the output back to every weight."""

from __future__ import annotations

import numpy as np

from chainrule.reference.activations import activation, activation_derivative
from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.layers import (
    blend_backward,
    dense_backward,
    dropout_backward,
    dropout_forward,
)
from chainrule.reference.losses import output_delta, row_shares, targets
from chainrule.reference.stem import stem_backward
from chainrule.spec import NetworkSpec


def backward(
    spec: NetworkSpec,
    params: Params,
    z: PerLayer,
    a: PerLayer,
    y: Array,
    *,
    sample_weight: Array | None = None,
    reduction: str = "mean",
    l1: float = 0.0,
    l2: float = 0.0,
    masks: PerLayer | None = None,
) -> tuple[PerLayer, Params]:
    """Deltas and gradients of the total loss, by

        delta(L)   = dl/da(L) * sigma'(z(L))
        delta_j(l) = ( sum_k w_kj(l+1) delta_k(l+1) ) * sigma'(z_j(l))
        dL/dw_ji(l) = sum over rows of share delta_j(l) a_i(l-1)   (+ l1 sign w_ji + l2 w_ji)
        dL/db_j(l)  = sum over rows of share delta_j(l)

    with a'(z) of the parametric activation in place of sigma'(z) where a layer blends, and the
    stem's own rules before layer 1.

    Parameters
    ----------
    spec, params, masks
        As given to `forward`.
    z, a : lists
        What `forward` returned.
    y : ndarray
        Targets (n_samples, n_outputs), or class indices (n_samples,) for cross_entropy.
    sample_weight : ndarray (n_samples,), optional
        s of each row, 1 by default; its share is s / sum s for the mean and s for the sum.
    reduction : "mean" or "sum"
    l1, l2 : float
        Factors of the penalty l1 sum |W| + l2/2 sum W^2, which has no share.

    Returns
    -------
    delta : list of length L + 1
        delta[l] (n_samples, n_l) = dl/dz(l) of each row's own loss; delta[0] is None, or with a
        stem dl/da(0).
    grads : dict of str to ndarray
        dL/dW, dL/db and the rest under the names of the parameters. All are taken before any
        weight moves.
    """
    share = row_shares(len(a[0]), sample_weight, reduction)
    delta: PerLayer = [None] * (spec.n_layers + 1)
    grads: Params = {}

    delta[-1] = output_delta(spec, z[-1], a[-1], targets(spec, y))
    for l in range(spec.n_layers, 0, -1):
        W, mask = params[f"W{l}"], masks[l - 1] if masks else None
        a_in = dropout_forward(a[l - 1], mask)
        dl_dout, dL_dW, dL_db = dense_backward(W, a_in, delta[l], share, spec.dense[l - 1].ntk)
        grads[f"W{l}"] = dL_dW + l1 * np.sign(W.real) + l2 * W
        grads[f"b{l}"] = dL_db
        dl_da = dropout_backward(dl_dout, mask)
        if l > 1:
            layer = spec.dense[l - 2]
            slope = activation_derivative(layer.activation, z[l - 1])
            delta[l - 1] = dl_da * slope
            if layer.blend:
                sigma, blend = activation(layer.activation, z[l - 1]), params[f"blend{l - 1}"]
                delta[l - 1], grads[f"blend{l - 1}"] = blend_backward(
                    z[l - 1], sigma, slope, blend, dl_da, share
                )
        elif spec.has_stem:
            delta[0] = dl_da
            grads |= stem_backward(spec, params, z[0], dl_da, share)
    return delta, {name: grads[name] for name in params}
