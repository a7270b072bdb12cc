"""The scale: one learned factor for each unit."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.export.values import Value
from chainrule.spec import Scale


def forward(layer: Scale, own: Mapping[str, Value], a: Value) -> Value:
    """out_j = scale_j a_j."""
    return a * own["scale"]
