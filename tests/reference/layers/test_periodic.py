"""Periodic embeddings: a worked example, and the order of what they make."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule.reference.backward import backward
from chainrule.reference.forward import record_forward
from chainrule.reference.layers.periodic import forward
from chainrule.spec import Dense, Loss, NetworkSpec, PeriodicEmbedding, Scale

ROOT3 = math.sqrt(3.0)


def test_one_wave_by_hand() -> None:
    """x = 2/3 and frequency = 1/4 make u = pi/3, whose cosine is 1/2."""
    layers = (PeriodicEmbedding(frequencies=1, outputs=1), Scale(), Dense(1))
    spec = NetworkSpec(1, layers, Loss("squared_error"))
    params = {
        "frequency": np.array([[0.25]]),
        "phase": np.array([[0.0]]),
        "weight": np.array([[2.0]]),
        "bias": np.array([[0.5]]),
        "scale": np.array([2.0, 3.0]),
        "W1": np.array([[1.0, -1.0]]),
        "b1": np.array([0.5]),
    }
    record = record_forward(spec, params, np.array([[2.0 / 3.0]]))
    np.testing.assert_allclose(record.a[0], [[2.0 * 1.5, 3.0 * 2.0 / 3.0]], rtol=1e-15)
    np.testing.assert_allclose(record.z[1], [[1.5]], rtol=1e-14)

    delta, grads = backward(spec, params, record, np.array([[1.0]]))
    np.testing.assert_allclose(delta[1], [[0.5]], rtol=1e-14)
    np.testing.assert_allclose(delta[0], [[0.5, -0.5]], rtol=1e-14)
    expected = {
        "frequency": 2.0 * math.pi * (2.0 / 3.0) * -ROOT3,
        "phase": -2.0 * ROOT3 / 2.0,  # g = weight dl/de = 2, and sin u = sqrt(3)/2
        "weight": 0.5,  # dl/de = scale dl/da = 1, and cos u = 1/2
        "bias": 1.0,
    }
    for name, value in expected.items():
        assert grads[name] == pytest.approx(np.array([[value]]), rel=1e-14), name
    np.testing.assert_allclose(grads["scale"], [0.5 * 1.5, -0.5 * 2.0 / 3.0], rtol=1e-14)


def test_columns_follow_each_other_with_themselves_last() -> None:
    layer, rng = PeriodicEmbedding(frequencies=2, outputs=3), np.random.default_rng(0)
    own = {p.family: rng.normal(size=p.shape) for p in layer.parameters(2)}
    x = rng.normal(size=(4, 2))
    e = forward(layer, own, x)
    assert e.shape == (4, 8)
    for row in range(4):
        for column in range(2):
            u = [
                2.0 * math.pi * f * x[row, column] + p
                for f, p in zip(own["frequency"][column], own["phase"][column], strict=True)
            ]
            for output in range(3):
                weight = own["weight"][3 * column + output]
                expected = weight @ np.cos(u) + own["bias"][column, output]
                assert e[row, 4 * column + output] == pytest.approx(expected, rel=1e-14)
            assert e[row, 4 * column + 3] == x[row, column]
