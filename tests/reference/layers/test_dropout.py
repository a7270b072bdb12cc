"""Dropout is a product both ways."""

from __future__ import annotations

import numpy as np

from chainrule.reference.layers.dropout import forward, vjp
from chainrule.spec import Dropout

LAYER = Dropout(0.5)
a = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 2.0, -1.0, 3.0]])


def test_a_mask_is_a_product_both_ways() -> None:
    mask = np.array([[0.0, 2.0, 2.0, 0.0], [2.0, 0.0, 2.0, 2.0]])
    np.testing.assert_array_equal(forward(LAYER, {"mask": mask}, a), a * mask)
    dl_da, grads = vjp(LAYER, {"mask": mask}, a, a, np.ones(2))
    np.testing.assert_array_equal(dl_da, a * mask)
    assert grads == {}


def test_without_a_mask_nothing_is_dropped() -> None:
    assert forward(LAYER, {}, a) is a
    assert vjp(LAYER, {}, a, a, np.ones(2))[0] is a
