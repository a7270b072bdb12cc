"""The activation: a = sigma(z), or its parametric form with one learned factor a unit."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.export.activations import ACTIVATIONS
from chainrule.export.values import Value
from chainrule.spec import Activation


def forward(layer: Activation, own: Mapping[str, Value], z: Value) -> Value:
    """a = sigma(z); parametric a = z + w (sigma(z) - z)."""
    sigma = ACTIVATIONS[layer.function](z)
    return z + own["activation_weight"] * (sigma - z) if layer.parametric else sigma
