"""The scale: one learned factor for each unit."""

from __future__ import annotations

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.spec import Scale


def forward(layer: Scale, own: Params, a: Array) -> Array:
    """out_j = scale_j a_j."""
    return own["scale"][..., np.newaxis, :] * a


def vjp(layer: Scale, own: Params, a: Array, dl_dout: Array, share: Array) -> tuple[Array, Params]:
    """dl/da_j = scale_j dl/dout_j and dL/dscale_j = sum over rows of share dl/dout_j a_j."""
    dL_dscale = (share[:, np.newaxis] * dl_dout * a).sum(axis=0)
    return own["scale"] * dl_dout, {"scale": dL_dscale}
