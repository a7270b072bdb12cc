"""The category embedding: the code of a category becomes a learned vector."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.export.values import INT64, Value
from chainrule.spec import CategoryEmbedding


def forward(layer: CategoryEmbedding, own: Mapping[str, Value], codes: Value) -> Value:
    """The row of `embedding` of every code, side by side; K + 1 rows a column."""
    starts = np.cumsum([0, *(known + 1 for known in layer.levels[:-1])])
    return (codes.cast(INT64) + starts).rows_of(own["embedding"])
