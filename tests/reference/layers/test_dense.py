"""Dense layers on numbers small enough to follow."""

from __future__ import annotations

import numpy as np

from chainrule.reference.layers.dense import forward, vjp
from chainrule.spec import Dense

PLAIN, NTK = Dense(2), Dense(2, ntk=True)
W = np.array([[1.0, 2.0, 3.0, 0.0], [0.0, -1.0, 4.0, 1.0]])  # (n_out = 2, n_in = 4)
b = np.array([10.0, 20.0])
OWN = {"W": W, "b": b}
a = np.array([[1.0, 1.0, 1.0, 1.0], [0.0, 2.0, -1.0, 3.0]])
delta = np.array([[1.0, 0.5], [-1.0, 2.0]])


def test_forward() -> None:
    np.testing.assert_array_equal(forward(PLAIN, OWN, a), [[16.0, 24.0], [11.0, 17.0]])


def test_ntk_divides_the_sum_by_the_root_of_the_width() -> None:
    np.testing.assert_array_equal(forward(NTK, OWN, a), [[13.0, 22.0], [10.5, 18.5]])


def test_a_stack_of_weights_gives_a_stack_of_outputs() -> None:
    z = forward(PLAIN, {"W": np.stack([W, 2.0 * W]), "b": b}, a)
    assert z.shape == (2, 2, 2)
    np.testing.assert_array_equal(z[1], forward(PLAIN, {"W": 2.0 * W, "b": b}, a))
    of_biases = forward(PLAIN, {"W": W, "b": np.stack([b, -b])}, a)
    np.testing.assert_array_equal(of_biases[1], z[0] - 2.0 * b)


def test_vjp() -> None:
    dl_da, grads = vjp(PLAIN, OWN, a, delta, np.array([0.5, 2.0]))
    np.testing.assert_array_equal(dl_da, [[1.0, 1.5, 5.0, 0.5], [-1.0, -4.0, 5.0, 2.0]])
    # 0.5 * delta of row 0 times a of row 0, plus 2 * delta of row 1 times a of row 1
    expected = [[0.5, -3.5, 2.5, -5.5], [0.25, 8.25, -3.75, 12.25]]
    np.testing.assert_array_equal(grads["W"], expected)
    np.testing.assert_array_equal(grads["b"], [-1.5, 4.25])


def test_ntk_vjp_carries_the_same_factor_on_inputs_and_weights() -> None:
    (plain, plain_grads), (scaled, scaled_grads) = (
        vjp(layer, OWN, a, delta, np.ones(2)) for layer in (PLAIN, NTK)
    )
    np.testing.assert_array_equal(0.5 * plain, scaled)
    np.testing.assert_array_equal(0.5 * plain_grads["W"], scaled_grads["W"])
    np.testing.assert_array_equal(plain_grads["b"], scaled_grads["b"])
