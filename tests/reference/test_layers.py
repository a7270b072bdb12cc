"""Dense layers, parametric activations and dropout on numbers small enough to follow."""

from __future__ import annotations

import numpy as np

from chainrule.reference.layers import (
    blend_backward,
    blend_forward,
    dense_backward,
    dense_forward,
    dropout_backward,
    dropout_forward,
)

W = np.array([[1.0, 2.0, 3.0, 0.0], [0.0, -1.0, 4.0, 1.0]])  # (n_out = 2, n_in = 4)
b = np.array([10.0, 20.0])
a = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 2.0, -1.0, 3.0]])


def test_dense_forward() -> None:
    np.testing.assert_array_equal(dense_forward(W, b, a), [[16.0, 24.0], [11.0, 17.0]])


def test_ntk_divides_the_sum_by_the_root_of_the_width() -> None:
    np.testing.assert_array_equal(dense_forward(W, b, a, ntk=True), [[13.0, 22.0], [10.5, 18.5]])


def test_a_stack_of_weights_gives_a_stack_of_outputs() -> None:
    stack = np.stack([W, 2.0 * W])
    z = dense_forward(stack, b, a)
    assert z.shape == (2, 2, 2)
    np.testing.assert_array_equal(z[1], dense_forward(2.0 * W, b, a))
    np.testing.assert_array_equal(dense_forward(W, np.stack([b, -b]), a)[1], z[0] - 2.0 * b)


def test_dense_backward() -> None:
    delta, share = np.array([[1.0, 0.5], [-1.0, 2.0]]), np.array([0.5, 2.0])
    dl_da, dL_dW, dL_db = dense_backward(W, a, delta, share)
    np.testing.assert_array_equal(dl_da, [[1.0, 1.5, 5.0, 0.5], [-1.0, -4.0, 5.0, 2.0]])
    # 0.5 * delta of row 0 times a of row 0, plus 2 * delta of row 1 times a of row 1
    np.testing.assert_array_equal(dL_dW, [[0.5, -3.5, 2.5, -5.5], [0.25, 8.25, -3.75, 12.25]])
    np.testing.assert_array_equal(dL_db, [-1.5, 4.25])


def test_ntk_backward_carries_the_same_factor_on_inputs_and_weights() -> None:
    delta, share = np.array([[1.0, 0.5], [-1.0, 2.0]]), np.ones(2)
    plain, scaled = dense_backward(W, a, delta, share), dense_backward(W, a, delta, share, ntk=True)
    for one, other, factor in zip(plain, scaled, (0.5, 0.5, 1.0), strict=True):
        np.testing.assert_array_equal(factor * one, other)


def test_dropout_is_a_product_both_ways() -> None:
    mask = np.array([[0.0, 2.0, 2.0, 0.0], [2.0, 0.0, 2.0, 2.0]])
    np.testing.assert_array_equal(dropout_forward(a, mask), a * mask)
    np.testing.assert_array_equal(dropout_backward(a, mask), a * mask)
    assert dropout_forward(a, None) is a and dropout_backward(a, None) is a


def test_blend_goes_from_the_line_to_the_activation() -> None:
    z = np.array([[-2.0, -2.0, -2.0, 4.0]])
    sigma, slope = np.array([[0.0, 0.0, 0.0, 4.0]]), np.array([[0.0, 0.0, 0.0, 1.0]])  # relu
    blend = np.array([0.0, 1.0, 0.25, 0.25])
    np.testing.assert_array_equal(blend_forward(z, sigma, blend), [[-2.0, 0.0, -1.5, 4.0]])
    dl_da, share = np.array([[1.0, 1.0, 10.0, 10.0]]), np.array([0.5])
    dl_dz, dL_dblend = blend_backward(z, sigma, slope, blend, dl_da, share)
    np.testing.assert_array_equal(dl_dz, [[1.0, 0.0, 7.5, 10.0]])
    np.testing.assert_array_equal(dL_dblend, [1.0, 1.0, 10.0, 0.0])
    stack = blend_forward(z, sigma, np.stack([blend, 2.0 * blend]))
    np.testing.assert_array_equal(stack[1], blend_forward(z, sigma, 2.0 * blend))
