"""The dense layer: z = W a + b."""

from __future__ import annotations

import math
from collections.abc import Mapping

from chainrule.export.values import Value
from chainrule.spec import Dense


def forward(layer: Dense, own: Mapping[str, Value], a: Value) -> Value:
    """z = W a + b; the neural-tangent parametrisation divides W a by sqrt(n_in)."""
    z = a @ own["W"].transposed()
    return (z * (1.0 / math.sqrt(a.width)) if layer.ntk else z) + own["b"]
