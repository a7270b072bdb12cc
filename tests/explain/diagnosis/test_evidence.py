"""The baseline: no constant prediction has a lower loss."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import Network, engine
from chainrule.explain.diagnosis.evidence import constant_loss


@pytest.mark.parametrize(
    ("loss", "options"),
    [
        ("squared_error", {}), ("absolute_error", {}), ("huber", {"huber_delta": 0.5}),
        ("poisson", {}), ("pinball", {"quantiles": (0.3,)}), ("binary_cross_entropy", {}),
        ("cross_entropy", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_every_loss(loss, options, reduction):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 3))
    k = 2 if loss == "cross_entropy" else 1
    signal = X[:, 0] + rng.normal(size=200)
    y = (signal > 0).astype(int) if "cross" in loss else signal
    if loss == "poisson":
        y = rng.poisson(np.exp(0.5 * X[:, 0]))
    net = Network([3, 8, k], loss=loss, **options)
    net.fit(X, y, epochs=120, learning_rate=3e-3, reduction=reduction)
    assert net.diagnose(X, y).codes == ()
    # No constant is better than the baseline.
    rows_of_y = np.eye(2)[y] if k == 2 else np.asarray(y, float)[:, None]
    best = constant_loss(net.spec, rows_of_y, None)
    flat = engine.initialize(net.spec, init="zeros", dtype="float64")
    for shift in np.linspace(-3, 3, 13):
        params = {**flat, "b2": flat["b2"] + shift * np.array([1.0, -1.0][:k])}
        assert engine.loss(net.spec, params, X, y) >= best - 1e-9
