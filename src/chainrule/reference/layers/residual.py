"""The residual block: what its layers make is added to what they read."""

from __future__ import annotations

from typing import cast

from chainrule.reference.arrays import Array, Backward, Forward, Params
from chainrule.spec import Residual


def forward(layer: Residual, own: Params, a: Array, *inside: Forward) -> Array:
    """out = a + f(a), f being the layers inside one behind the other."""
    made = a
    for run in inside:
        made = run(made)
    return a + made


def vjp(
    layer: Residual, own: Params, a: Array, dl_dout: Array, share: Array, *inside: Backward
) -> tuple[Array, Params]:
    """dl/da = dl/dout + what comes back through f."""
    back = dl_dout
    for run in reversed(inside):
        back = cast(Array, run(back))  # None comes from layers that stand first in a network only
    return dl_dout + back, {}
