"""The periodic embedding: a few learned combinations of cosines of each column, and the column."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from chainrule.export.values import Value, concatenate
from chainrule.spec import PeriodicEmbedding

TURN = 2.0 * math.pi


def forward(layer: PeriodicEmbedding, own: Mapping[str, Value], x: Value) -> Value:
    """For each column, [weight cos(2 pi frequency x + phase) + bias ; x]."""
    n_columns = x.width
    repeated = x.columns(np.repeat(np.arange(n_columns), layer.frequencies).tolist())
    u = repeated * own["frequency"].flat() * TURN + own["phase"].flat()
    made = u.cos().matmul_groups(own["weight"], n_columns, layer.outputs) + own["bias"].flat()
    # Column after column: what was made of it, and itself.
    order = np.arange(n_columns * layer.outputs).reshape(n_columns, layer.outputs)
    itself = n_columns * layer.outputs + np.arange(n_columns)[:, None]
    both = np.concatenate([order, itself], axis=1)
    return concatenate([made, x]).columns(both.reshape(-1).tolist())
