"""A small problem whose gradients are checked."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import Dense, Loss, NetworkSpec


@pytest.fixture
def problem():
    rng = np.random.default_rng(0)
    spec = NetworkSpec(
        5, (Dense(7, "tanh"), Dense(6, "gelu"), Dense(3, "softmax")), Loss("cross_entropy")
    )
    params = engine.initialize(spec, seed=3, dtype="float64")
    params = {name: w + 0.1 * rng.standard_normal(w.shape) for name, w in params.items()}
    return spec, params, rng.standard_normal((11, 5)), rng.integers(0, 3, 11)
