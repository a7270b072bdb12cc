"""Layers side by side: each reads its own columns, and gets its own derivatives back."""

from __future__ import annotations

import numpy as np

from chainrule.reference.layers.columns import forward, vjp
from chainrule.spec import CategoryEmbedding, Columns, PeriodicEmbedding

# 2 columns that become 4, then 1 that passes, then 2 codes that become 6
LAYER = Columns(((2, PeriodicEmbedding(1, 1)), (1, None), (2, CategoryEmbedding((1, 1), 3))))
x = np.array([[1.0, 2.0, 3.0, 4.0, 5.0], [6.0, 7.0, 8.0, 9.0, 10.0]])


def test_each_part_reads_its_own_columns_and_they_follow_each_other() -> None:
    found = forward(LAYER, {}, x, lambda a: np.tile(a, 2), lambda a: -np.tile(a, 3))
    row = [1.0, 2.0, 1.0, 2.0, 3.0, -4.0, -5.0, -4.0, -5.0, -4.0, -5.0]
    np.testing.assert_array_equal(found[0], row)


def test_a_stack_made_by_one_part_is_a_stack_of_all() -> None:
    stacked = forward(LAYER, {}, x, lambda a: np.stack([a, 2.0 * a, 3.0 * a]), lambda a: a)
    assert stacked.shape == (3, 2, 5)
    np.testing.assert_array_equal(stacked[0], x)
    np.testing.assert_array_equal(stacked[2], x * np.array([3.0, 3.0, 1.0, 1.0, 1.0]))


def test_each_part_gets_the_derivatives_of_its_own_outputs() -> None:
    got: list[np.ndarray] = []
    dl_dout = np.arange(22.0).reshape(2, 11)
    nothing, grads = vjp(LAYER, {}, x, dl_dout, np.ones(2), got.append, got.append)
    assert nothing is None and grads == {}
    np.testing.assert_array_equal(got[0], dl_dout[:, :4])
    np.testing.assert_array_equal(got[1], dl_dout[:, 5:])
