"""The residual block: what its layers make is added to what they read."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from chainrule.export.values import Value
from chainrule.spec import Residual


def forward(
    layer: Residual, own: Mapping[str, Value], a: Value, *inside: Callable[[Value], Value]
) -> Value:
    """out = a + f(a), f being the layers inside one behind the other."""
    made = a
    for run in inside:
        made = run(made)
    return a + made
