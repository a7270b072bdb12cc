"""Scales on numbers small enough to follow."""

from __future__ import annotations

import numpy as np

from chainrule.reference.forward import forward as forward_network
from chainrule.reference.layers.scale import forward, vjp
from chainrule.spec import Dense, Loss, NetworkSpec, Scale
from strategies import random_params


def test_each_unit_has_its_factor_both_ways() -> None:
    a, own = np.array([[1.0, 2.0], [3.0, 4.0]]), {"scale": np.array([10.0, -1.0])}
    np.testing.assert_array_equal(forward(Scale(), own, a), [[10.0, -2.0], [30.0, -4.0]])
    dl_dout, share = np.array([[1.0, 1.0], [2.0, 3.0]]), np.array([0.5, 2.0])
    dl_da, grads = vjp(Scale(), own, a, dl_dout, share)
    np.testing.assert_array_equal(dl_da, [[10.0, -1.0], [20.0, -3.0]])
    np.testing.assert_array_equal(grads["scale"], [0.5 + 12.0, 1.0 + 24.0])


def test_a_scale_of_one_is_no_scale() -> None:
    plain, scaled = (
        NetworkSpec(3, (*before, Dense(3, "tanh"), Dense(2)), Loss("squared_error"))
        for before in ((), (Scale(),))
    )
    rng = np.random.default_rng(1)
    params, X = random_params(rng, plain), rng.normal(size=(5, 3))
    z, a = forward_network(plain, params, X)
    scaled_z, scaled_a = forward_network(scaled, {"scale": np.ones(3), **params}, X)
    np.testing.assert_array_equal(scaled_a[0], a[0])
    np.testing.assert_array_equal(scaled_z[2], z[2])
    assert scaled_z[0] is X and z[0] is None
