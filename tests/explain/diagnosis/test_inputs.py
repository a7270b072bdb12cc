"""Faults of the columns of X: leaks, row numbers, scales, offsets, extreme cells."""

from __future__ import annotations

import numpy as np

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
