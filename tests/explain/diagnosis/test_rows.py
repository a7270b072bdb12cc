"""Faults of the inputs and targets: leaks, scales, rare classes, constant targets."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.diagnosis.rows import column_score, likeness
from diagnosed import fitted, rows


def test_unscaled_inputs_but_not_rare_flags():
    X, y = rows(n=1000)
    X[:, 3] = np.arange(1000) == 7
    net, X, y = fitted(X=X, y=y)
    assert net.diagnose(X, y).ok
    X = X * [1.0, 1.0, 1.0, 1.0]
    X[:, 1] *= 1e4
    (one,) = [f for f in net.diagnose(X, y) if f.code == "unscaled-inputs"]
    assert one.evidence["wide"] == "x1"


def test_leak_of_a_number_and_of_a_class():
    X, y = rows(n=600)
    net, X5, y = fitted([5, 16, 1], np.column_stack([X, 3.0 - 2.0 * y]), y)
    (one,) = net.diagnose(X5, y)
    assert one.code == "leak"
    assert one.evidence["column"] == "x4"
    classes = np.digitize(y, [-0.5, 0.5])
    shuffled = np.array([7.0, -2.0, 1.0])[classes]  # in no order that follows the class
    net, X5, _ = fitted(
        [5, 16, 3], np.column_stack([shuffled, X]), classes, keywords={"loss": "cross_entropy"}
    )
    (one,) = net.diagnose(X5, classes)
    assert one.evidence["column"] == "x0"
    assert one.evidence["score"] == 1.0


def test_a_good_column_among_few_rows_is_no_leak():
    from sklearn.datasets import load_iris

    X, y = load_iris(return_X_y=True)
    X = (X - X.mean(axis=0)) / X.std(axis=0)
    net, X, y = fitted([4, 16, 3], X, y, keywords={"loss": "cross_entropy"})
    assert net.diagnose(X, y).ok


def test_the_score_of_a_column():
    from sklearn.metrics import roc_auc_score

    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    x = (y + 0.2 * rng.normal(size=2000))[:, None]
    Y = np.eye(2)[y]
    assert column_score(x, Y, True) == pytest.approx(roc_auc_score(y, x[:, 0]), abs=0.02)
    assert column_score(rng.normal(size=(2000, 1)), Y, True) == pytest.approx(0.5, abs=0.05)
    assert column_score(x, 5 * x + 1, False) == pytest.approx(1.0)
    assert likeness(np.eye(3)[y], Y) == pytest.approx(1.0)
    assert likeness(rng.normal(size=(2000, 1)), Y) < 0.01


def test_constant_target_and_imbalance():
    X, _ = rows(n=500)
    net, _, y = fitted(X=X, y=np.full(500, 2.5))
    assert net.diagnose(X, y)[0].code == "constant-target"
    rare = np.zeros(500, int)
    rare[:3] = 1
    net, _, _ = fitted([4, 8, 2], X, rare, keywords={"loss": "cross_entropy"})
    (one,) = [f for f in net.diagnose(X, rare) if f.code == "imbalance"]
    assert "0.600 % of 500 rows" in one.sentence
    weight = np.where(rare == 1, 100.0, 1.0)
    assert "imbalance" not in net.diagnose(X, rare, sample_weight=weight).codes
