"""Faults seeded into layers are named with numbers that are computed again here."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.diagnosis.table import TABLE
from diagnosed import fitted, rows


def test_vanishing_gives_the_ratio_of_the_deltas():
    net, X, y = fitted([4, *[8] * 8, 1], keywords={"activation": "sigmoid"}, optimizer="sgd")
    (one,) = [f for f in net.diagnose(X, y) if f.code == "vanishing"]
    delta = engine.trace(net.spec, net.params, X, y).delta
    ratio = np.sqrt(np.mean(delta[1] ** 2) / np.mean(delta[-1] ** 2))
    assert one.evidence["ratio"] == pytest.approx(ratio, rel=1e-4)
    assert ratio < TABLE["vanishing"].limits["ratio"]


def test_exploding():
    def enlarge(net):
        net.weights = [3.0 * W for W in net.weights]

    net, X, y = fitted([4, *[16] * 6, 1], change=enlarge, learning_rate=1e-3)
    assert "exploding" in net.diagnose(X, y).codes


@pytest.mark.parametrize("activation", ["sigmoid", "tanh"])
def test_saturated(activation):
    X, y = rows()
    net, X, y = fitted(X=200 * X, y=y, keywords={"activation": activation})
    (one,) = [f for f in net.diagnose(X, y) if f.code == "saturated"]
    slope = engine.trace(net.spec, net.params, X, y).slope[1]
    assert one.evidence["share"] == pytest.approx(np.mean(slope < 0.01))


def test_twins():
    net, X, y = fitted(keywords={"init": "zeros"}, epochs=5)
    assert "twin-units" in net.diagnose(X, y).codes

    def copy(net):
        W, V = np.array(net.weights[0]), np.array(net.weights[1])
        W[3], V[:, 3] = W[5], V[:, 5]
        net.weights = [W, V]

    net, X, y = fitted(change=copy, epochs=5, keywords={"activation": "tanh"})
    (one,) = [f for f in net.diagnose(X, y) if f.code == "twin-units"]
    assert one.units == (3, 5)
