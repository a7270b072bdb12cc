"""Formulas of the quality benchmark on numbers worked by hand."""

import numpy as np
import pytest
from benchmarks.quality.figures import (
    error_reduction,
    geometric_ratio,
    half_width,
    mean_ranks,
    set_means,
    win_rate,
)
from benchmarks.quality.protocol import class_scores, number_scores

# Two splits of a, one of b; with the shift of 0.01 the ratios to BASE are 1/2, 1/8 and 1.
ERRORS = {("a", 0): 0.04, ("a", 1): 0.0, ("b", 0): 0.2}
BASE = {("a", 0): 0.09, ("a", 1): 0.07, ("b", 0): 0.2}


def test_splits_are_averaged_before_sets():
    # a: the geometric mean of 1/2 and 1/8 is 1/4; with b: sqrt(1/4 * 1) = 1/2.
    assert error_reduction(ERRORS, BASE) == pytest.approx(0.5)
    assert error_reduction(BASE, BASE) == 0
    seconds = {pair: 4.0 * value + 0.04 for pair, value in ERRORS.items()}
    others = {pair: value + 0.01 for pair, value in BASE.items()}
    assert geometric_ratio(seconds, others) == pytest.approx(4 * 0.5)
    assert set_means(ERRORS) == pytest.approx({"a": 0.02, "b": 0.2})


def test_ties_are_half_a_win():
    assert win_rate(ERRORS, BASE) == pytest.approx(2.5 / 3)
    assert win_rate(BASE, ERRORS) == pytest.approx(0.5 / 3)


def test_ranks_share_ties():
    third = {("a", 0): 0.05, ("a", 1): 0.07, ("b", 0): 0.1}
    # a, 0: 1 3 2; a, 1: 1 2.5 2.5; b, 0: 2.5 2.5 1. Of a: 1, 2.75, 2.25.
    found = mean_ranks({"x": ERRORS, "base": BASE, "third": third})
    assert found == pytest.approx({"x": 1.75, "base": 2.625, "third": 1.625})


def test_the_bootstrap_of_one_set_with_two_splits():
    # The reductions less the other's: 1/4 and 0 where a split is drawn twice, otherwise
    # 1 - sqrt(3/4); the central 90 % of (1/4, 1/2, 1/4) reach from 0 to 1/4.
    base = {("a", 0): 0.39, ("a", 1): 0.39}
    better = {("a", 0): 0.29, ("a", 1): 0.39}
    assert half_width(better, base, base) == pytest.approx(0.125)
    assert half_width(better, better, base) == 0
    shifted = dict.fromkeys(base, 0.19)
    assert half_width(shifted, base, base) == pytest.approx(0, abs=1e-12)


def test_the_bootstrap_takes_sets_with_unequal_splits():
    # Sets: ratio 1/2 or 1. Drawn twice, once or never: reductions 1/2, 1 - sqrt(1/2), 0.
    base = {("a", 0): 0.19, ("b", 0): 0.19, ("b", 1): 0.19}
    better = {**base, ("a", 0): 0.09}
    assert half_width(better, base, base) == pytest.approx(0.25)


def test_scores_of_probabilities():
    proba = np.array([[0.8, 0.2], [0.4, 0.6], [1.0, 0.0], [0.3, 0.7]])
    y = np.array([0, 0, 1, 1])
    found = class_scores(y, proba)
    assert found["error"] == 0.5
    log_loss = -(np.log(0.8) + np.log(0.4) + np.log(1e-7) + np.log(0.7)) / 4
    assert found["log_loss"] == pytest.approx(log_loss)
    # Pairs (class 0, class 1) in order: only the row with 0.7 stands above both of class 0.
    assert found["auc_loss"] == pytest.approx(0.5)
    assert "auc_loss" not in class_scores(np.array([0, 1, 2]), np.eye(3))


def test_rmse_in_standard_deviations():
    y = np.array([0.0, 2.0, 4.0, 6.0])
    assert number_scores(y, np.full(4, 3.0))["rmse"] == pytest.approx(1)
    assert number_scores(y, y + 5)["rmse"] == pytest.approx(5 / np.sqrt(5))
