"""Dropout: a unit that is left out passes 0 on, the others a little more."""

from __future__ import annotations

from chainrule.reference.arrays import Array, Params
from chainrule.spec import Dropout


def forward(layer: Dropout, own: Params, a: Array) -> Array:
    """a m, where m is 0 for a dropped unit and 1 / (1 - rate) for a kept one; without a mask, a."""
    return a * own["mask"] if "mask" in own else a


def vjp(
    layer: Dropout, own: Params, a: Array, dl_dout: Array, share: Array
) -> tuple[Array, Params]:
    """dl/da = m dl/d(a m)."""
    return dl_dout * own["mask"] if "mask" in own else dl_dout, {}
