"""Layer normalisation: every row is brought to mean 0 and variance 1 over its units."""

from __future__ import annotations

from collections.abc import Mapping

from chainrule.export.values import Value
from chainrule.spec import LayerNorm


def forward(layer: LayerNorm, own: Mapping[str, Value], a: Value) -> Value:
    """out_j = gain_j (a_j - mean) / sqrt(variance + epsilon) + bias_j."""
    centred = a - a.row_mean()
    deviation = ((centred * centred).row_mean() + layer.epsilon).sqrt()
    return centred / deviation * own["norm_gain"] + own["norm_bias"]
