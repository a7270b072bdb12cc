"""A small network whose step is recorded."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec


@pytest.fixture
def parts():
    layers = (Dense(4, "relu"), Dropout(0.5), Dense(3, "softmax"))
    spec = NetworkSpec(3, layers, Loss("cross_entropy"))
    rng = np.random.default_rng(0)
    params = engine.initialize(spec, seed=2)
    return spec, params, rng.standard_normal((8, 3)), rng.integers(0, 3, 8)
