"""The periodic embedding at large angles."""

from __future__ import annotations

import numpy as np

from chainrule import engine
from chainrule.spec import Dense, Loss, NetworkSpec, PeriodicEmbedding


def test_cosines_of_large_numbers_keep_their_angle() -> None:
    """cos(2 pi 1000 x + phase) with thousands of turns, against the library's cosine."""
    spec = NetworkSpec(1, (PeriodicEmbedding(1, 1), Dense(1)), Loss("squared_error"))
    params = {
        "frequency": np.array([[1000.0]]),
        "phase": np.array([[0.5]]),
        "weight": np.array([[1.0]]),
        "bias": np.array([[0.0]]),
        "W1": np.array([[1.0, 0.0]]),
        "b1": np.zeros(1),
    }
    x = np.linspace(-30.0, 30.0, 501)
    got = engine.predict(spec, params, x[:, np.newaxis]).ravel()
    np.testing.assert_allclose(got, np.cos(2.0 * np.pi * 1000.0 * x + 0.5), rtol=0, atol=1e-10)
