"""The activation: a = sigma(z), or its parametric form with one learned factor a unit."""

from __future__ import annotations

import numpy as np

from chainrule.reference.activations import activation, activation_derivative
from chainrule.reference.arrays import Array, Params
from chainrule.spec import Activation


def forward(layer: Activation, own: Params, z: Array) -> Array:
    """a = sigma(z); parametric a = z + w (sigma(z) - z) with the factor w (n_units,)."""
    sigma = activation(layer.function, z)
    if not layer.parametric:
        return sigma
    return z + own["activation_weight"][..., np.newaxis, :] * (sigma - z)


def vjp(
    layer: Activation, own: Params, z: Array, dl_da: Array, share: Array
) -> tuple[Array, Params]:
    """From dl/da (n, n_units):

    dl/dz_j = dl/da_j sigma'(z_j), parametric dl/da_j (1 + w_j (sigma'(z_j) - 1)), for each row
    dL/dw_j = sum over rows of share dl/da_j (sigma(z_j) - z_j)
    """
    slope = activation_derivative(layer.function, z)
    if not layer.parametric:
        return dl_da * slope, {}
    sigma, w = activation(layer.function, z), own["activation_weight"]
    dL_dw = (share[:, np.newaxis] * dl_da * (sigma - z)).sum(axis=0)
    return dl_da * (1.0 + w * (slope - 1.0)), {"activation_weight": dL_dw}
