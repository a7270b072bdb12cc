"""Activations as layers, the parametric form included, on numbers small enough to follow."""

from __future__ import annotations

import numpy as np

from chainrule.reference.forward import forward as forward_network
from chainrule.reference.layers.activation import forward, vjp
from chainrule.spec import Activation, Dense, Dropout, Loss, NetworkSpec

PARAMETRIC = Activation("relu", parametric=True)
z = np.array([[-2.0, -2.0, -2.0, 4.0]])
w = np.array([0.0, 1.0, 0.25, 0.25])


def test_a_plain_activation_has_no_parameter() -> None:
    np.testing.assert_array_equal(forward(Activation("relu"), {}, z), [[0.0, 0.0, 0.0, 4.0]])
    dl_dz, grads = vjp(Activation("relu"), {}, z, np.full((1, 4), 3.0), np.ones(1))
    np.testing.assert_array_equal(dl_dz, [[0.0, 0.0, 0.0, 3.0]])
    assert grads == {}


def test_the_parametric_form_goes_from_the_line_to_the_activation() -> None:
    own = {"activation_weight": w}
    np.testing.assert_array_equal(forward(PARAMETRIC, own, z), [[-2.0, 0.0, -1.5, 4.0]])
    dl_da, share = np.array([[1.0, 1.0, 10.0, 10.0]]), np.array([0.5])
    dl_dz, grads = vjp(PARAMETRIC, own, z, dl_da, share)
    np.testing.assert_array_equal(dl_dz, [[1.0, 0.0, 7.5, 10.0]])
    np.testing.assert_array_equal(grads["activation_weight"], [1.0, 1.0, 10.0, 0.0])
    stack = forward(PARAMETRIC, {"activation_weight": np.stack([w, 2.0 * w])}, z)
    np.testing.assert_array_equal(stack[1], forward(PARAMETRIC, {"activation_weight": 2.0 * w}, z))


def test_dropout_acts_on_what_a_parametric_activation_gives() -> None:
    layers = (Dense(1, Activation("relu", True)), Dropout(0.5), Dense(1))
    spec = NetworkSpec(1, layers, Loss("squared_error"))
    one = np.ones((1, 1))
    params = {"W1": one, "b1": np.zeros(1), "activation_weight1": w[2:3], "W2": one, "b2": one[0]}
    z, a = forward_network(spec, params, np.array([[-4.0]]), [None, 2.0 * one, None])
    np.testing.assert_array_equal(a[1], [[-3.0]])  # -4 + 0.25 (0 + 4)
    np.testing.assert_array_equal(z[2], [[-5.0]])
