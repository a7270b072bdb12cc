"""A network as array operations: the forward pass over its layers, without a kind by name."""

from __future__ import annotations

from functools import partial

from chainrule.export.layers import KINDS
from chainrule.export.values import Value, parameter
from chainrule.spec import Activation, NetworkSpec, Placed


def forward(spec: NetworkSpec, x: Value, *, logits: bool = False) -> Value:
    """a(L) of rows x (n, n_features), or z(L), what the activation of the output would read."""
    a = x
    for at in spec.placed:
        is_output = at is spec.placed[-1] and isinstance(at.layer, Activation)
        if not (logits and is_output):
            a = _layer(at, a)
    return a


def _layer(at: Placed, a: Value) -> Value:
    """What one layer makes of `a`."""
    own = {
        p.family: parameter(at.name(p.family), p.shape, a.dtype)
        for p in at.layer.parameters(at.n_in)
    }
    inside = [partial(_layer, part) for part in at.inside]
    made = KINDS[at.layer.kind].forward(at.layer, own, a, *inside)
    return made if made is a else made.noted(at.name(f"{at.layer.kind} "))
