"""The kinds of layers, one file each, with the file names of `spec/layers`.

Rows lie in the last axis but one. A stack of perturbed copies of a parameter, and of what follows
from it, may stand in front of it; only `gradients.complex_step` makes use of that.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from chainrule import spec
from chainrule.reference.arrays import Array, Backward, Forward, Params


class Kind(Protocol):
    """What the file of a kind holds.

    layer  its description, with the constants
    own    its arrays by family: "W" (n_out, n_in); "mask" (n, n_out) while units are dropped
    a      its input (n, n_in)
    share  the part of each row in the total, L = sum share l; (n,)
    inside one function for each of the layers that it runs, in the order of `layer.inside`
    """

    def forward(self, layer: Any, own: Params, a: Array, *inside: Forward) -> Array:
        """out (n, n_out)."""

    def vjp(
        self, layer: Any, own: Params, a: Array, dl_dout: Array, share: Array, *inside: Backward
    ) -> tuple[Array | None, Params]:
        """From dl/dout (n, n_out) of each row's own loss l: dl/da (n, n_in), or None where no layer
        stands before it, and dL/dw of each of its parameters by family."""


KINDS = {name: cast(Kind, import_module(f"{__name__}.{name}")) for name in spec.KINDS}


def own(at: spec.Placed, values: Params) -> Params:
    """The arrays of one layer by family, of all parameters and masks by name."""
    families = (*(p.family for p in at.layer.parameters(at.n_in)), *at.layer.draws)
    return {family: values[at.name(family)] for family in families if at.name(family) in values}
