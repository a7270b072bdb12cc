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


def test_row_numbers_but_not_other_integers():
    X, y = rows(n=200)
    net, numbered, _ = fitted([5, 16, 1], np.column_stack([np.arange(200) + 1, X]), y)
    first = net.diagnose(numbered, y)[0]
    assert (first.code, first.evidence["column"]) == ("row-number", "x0")
    assert first.steps == ("X = np.delete(X, 0, axis=1)", "Network([4, 16, 1], ...)")
    ages = np.random.default_rng(0).integers(20, 80, 200) / 20.0
    net, aged, _ = fitted([5, 16, 1], np.column_stack([ages, X]), y, epochs=60)
    assert net.diagnose(aged, y).ok


def test_extreme_cells_and_what_they_hide():
    X, y = rows()
    X[17, 2] = 1e30
    net, _, _ = fitted(X=X, y=y)
    found = net.diagnose(X, y)
    assert (found[0].code, found[0].rows) == ("extreme-input", (17,))
    assert "row 17 has 'x2' = 1.00e+30" in found[0].sentence
    missing, y = rows()
    missing[[3, 40, 41], 1] = -9999.0
    net, _, _ = fitted(X=missing, y=y)
    first = net.diagnose(missing, y)[0]
    assert (first.code, first.rows) == ("extreme-input", (3, 40, 41))
    assert "; 2 more rows are like it" in first.sentence


def test_a_year_and_a_constant():
    X, y = rows()
    year = X + np.array([2000.0, 0.0, 0.0, 0.0])
    net, _, _ = fitted(X=year, y=y)
    first = net.diagnose(year, y)[0]
    assert (first.code, first.evidence["column"]) == ("input-offset", "x0")
    constant = np.column_stack([X, np.full(300, 1000.0)])
    net, _, _ = fitted([5, 16, 1], constant, y, epochs=10)
    assert net.diagnose(constant, y)[0].evidence["column"] == "x4"


def test_all_inputs_large_small_or_constant():
    X, y = rows()
    for factor in (300.0, 1e-3):
        net, _, _ = fitted(X=factor * X, y=y, keywords={"activation": "tanh"})
        assert net.diagnose(factor * X, y)[0].code == "input-scale"
    net, _, _ = fitted(X=np.ones_like(X), y=y)
    assert net.diagnose(np.ones_like(X), y)[0].code == "constant-inputs"
