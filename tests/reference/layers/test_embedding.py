"""Category embeddings: which row of `embedding` a code takes, and which rows teach it."""

from __future__ import annotations

import numpy as np

from chainrule.reference.layers.embedding import forward, rows_of, vjp
from chainrule.spec import CategoryEmbedding

# Two columns of one and of two known levels: rows 0, 1 and rows 2, 3, 4 of `embedding`.
LAYER = CategoryEmbedding((1, 2), units=2)
embedding = np.arange(10.0).reshape(5, 2)
codes = np.array([[1.0, 0.0], [1.0, 2.0], [0.0, 2.0]])


def test_codes_count_from_the_rows_of_the_columns_before() -> None:
    layer = CategoryEmbedding((1, 3, 2))
    codes = np.array([[0.0, 0.0, 0.0], [1.0, 3.0, 2.0]])
    np.testing.assert_array_equal(rows_of(layer, codes), [[0, 2, 6], [1, 5, 8]])


def test_forward_takes_the_row_of_each_code() -> None:
    found = forward(LAYER, {"embedding": embedding}, codes)
    pairs = [(1, 2), (1, 4), (0, 4)]
    np.testing.assert_array_equal(found, [[*embedding[i], *embedding[j]] for i, j in pairs])


def test_a_level_gathers_the_rows_that_have_its_code() -> None:
    dl_de = np.array([[1.0], [10.0], [100.0]]) * np.array([2.0, 3.0, 4.0, 5.0])
    nothing, grads = vjp(LAYER, {"embedding": embedding}, codes, dl_de, np.array([1.0, 1.0, 2.0]))
    assert nothing is None
    by_rows = [[200.0 * 2, 200.0 * 3], [11.0 * 2, 11.0 * 3], [1.0 * 4, 1.0 * 5], [0.0, 0.0]]
    np.testing.assert_array_equal(grads["embedding"], [*by_rows, [210.0 * 4, 210.0 * 5]])
