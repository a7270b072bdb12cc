"""Rows and a small training for the tests of `chainrule.explain.diagnosis`."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from chainrule import Network
from chainrule.errors import DivergedError


def rows(n=300, d=4, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, d))
    return X, np.sin(X[:, 0]) + 0.5 * X[:, 1] + 0.1 * rng.normal(size=n)


def fitted(layers=(4, 16, 1), X=None, y=None, change=None, keywords=None, **fit):
    if X is None:
        X, y = rows()
    net = Network(list(layers), random_state=1, **(keywords or {}))
    if change:
        change(net)
    with suppress(DivergedError):
        net.fit(X, y, **{"epochs": 30, "learning_rate": 0.01, **fit})
    return net, X, y
