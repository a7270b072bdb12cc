"""Backward: the chain rule from the output back to every weight."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.forward import Record, with_masks
from chainrule.reference.layers import KINDS, own
from chainrule.reference.losses import output_delta, row_shares, targets
from chainrule.spec import NetworkSpec, Placed


def backward(
    spec: NetworkSpec,
    params: Params,
    record: Record,
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

    and by the rules of the other kinds of layers where they stand in between.

    Parameters
    ----------
    spec, params, masks
        As given to `record_forward`.
    record : Record
        What `record_forward` returned.
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
        delta[l] (n_samples, n_l) = dl/dz(l) of each row's own loss; delta[0] is dl/da(0) where
        layers before layer 1 make a(0), else None.
    grads : dict of str to ndarray
        dL/dW, dL/db and the rest under the names of the parameters. All are taken before any
        weight moves.
    """
    share = row_shares(len(y), sample_weight, reduction)
    derivatives, grads = record_backward(spec, params, record, y, share, masks)
    delta = [derivatives[at.index] if at else None for at in (spec.a_places[0], *spec.dense_places)]
    for name, parameter in spec.parameters.items():
        if parameter.is_weight:
            W = params[name]
            grads[name] = grads[name] + l1 * np.sign(W.real) + l2 * W
    return delta, {name: grads[name] for name in params}


def record_backward(
    spec: NetworkSpec,
    params: Params,
    record: Record,
    y: Array,
    share: Array,
    masks: PerLayer | None = None,
) -> tuple[dict[int, Array], Params]:
    """dl/dout of every layer by `Placed.index`, and the gradients without penalty.

    The loss knows the output activation and begins at z(L): dl/dout of layer L is delta(L).
    """
    values = with_masks(params, masks)
    derivatives: dict[int, Array] = {}
    grads: Params = {}

    def backward_layer(at: Placed, dl_dout: Array) -> Array | None:
        """dl/da of one layer."""
        derivatives[at.index] = dl_dout
        inside = [partial(backward_layer, part) for part in at.inside]
        dl_da, by_family = KINDS[at.layer.kind].vjp(
            at.layer, own(at, values), record.inputs[at.index], dl_dout, share, *inside
        )
        grads.update({at.name(family): grad for family, grad in by_family.items()})
        return dl_da

    last = spec.dense_places[-1].index
    derivative: Any = output_delta(spec, record.z[-1], record.a[-1], targets(spec, y))
    for at in reversed([at for at in spec.placed if at.index <= last]):
        derivative = backward_layer(at, derivative)
    return derivatives, grads
