"""The category embedding: the code of a category becomes a learned vector."""

from __future__ import annotations

import numpy as np

from chainrule.reference.arrays import Array, Indices, Params
from chainrule.spec import CategoryEmbedding


def forward(layer: CategoryEmbedding, own: Params, codes: Array) -> Array:
    """The row of `embedding` of every code, side by side: (n, columns units)."""
    vectors = own["embedding"][..., rows_of(layer, codes), :]
    return vectors.reshape(*vectors.shape[:-2], vectors.shape[-2] * vectors.shape[-1])


def vjp(
    layer: CategoryEmbedding, own: Params, codes: Array, dl_de: Array, share: Array
) -> tuple[None, Params]:
    """dL/dembedding_r = sum of share dl/de over the rows of the table whose code has row r."""
    rows = rows_of(layer, codes)
    grad = np.zeros_like(own["embedding"])
    np.add.at(grad, rows, (share[:, np.newaxis] * dl_de).reshape(*rows.shape, -1))
    return None, {"embedding": grad}


def rows_of(layer: CategoryEmbedding, codes: Array) -> Indices:
    """The row of `embedding` of each code: K + 1 rows a column, column after column."""
    starts = np.cumsum([0, *(known + 1 for known in layer.levels[:-1])])
    return starts + codes.astype(np.int64)
