"""Intervals of scores: their coverage, and the laws of weights and groups."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.estimators.tabular.score_intervals import Resampled
from chainrule.metrics import OF_CLASSES, OF_NUMBERS
from chainrule.metrics.ratios import RATIOS

RANDOM = np.random.default_rng(0)
ONES = np.ones(60)


def test_intervals_of_skewed_losses_hold_the_truth():
    """Sixty rows of a mean of 1, the truth; quantiles of the bootstrap hold it too seldom."""
    held, by_quantiles = [], []
    for _ in range(150):
        rows = np.exp(RANDOM.normal(size=60) - 0.5)
        drawn = Resampled(60, None, None)
        low, high = drawn.of_ratio(rows, ONES)
        held.append(low <= 1 <= high)
        low, high = drawn.of_any(lambda mass, rows=rows: (mass @ rows) / mass.sum())
        by_quantiles.append(low <= 1 <= high)
    assert 0.82 <= np.mean(held) <= 0.97
    assert np.mean(held) > np.mean(by_quantiles) + 0.02


def test_rows_of_a_group_count_as_one():
    rows = RANDOM.exponential(size=60)
    alone = Resampled(60, None, None).of_ratio(rows, ONES)
    copies, groups = np.repeat(rows, 4), np.repeat(np.arange(60), 4)
    together = Resampled(240, None, groups).of_ratio(copies, np.ones(240))
    assert together == pytest.approx(alone)
    weighed = Resampled(60, 4 * ONES, None).of_ratio(rows, ONES)
    assert weighed == pytest.approx(alone)
    apart = Resampled(240, None, None).of_ratio(copies, np.ones(240))
    assert np.log(apart[1] / apart[0]) < 0.7 * np.log(alone[1] / alone[0])


def test_few_groups_are_unsure_but_finite():
    groups = np.repeat(np.arange(3), 20)
    low, high = Resampled(60, None, groups).of_ratio(RANDOM.exponential(size=60), ONES)
    assert 0 < low < high < 100
    assert Resampled(60, None, None).of_ratio(0 * ONES, ONES) == (0.0, 0.0)


@pytest.mark.parametrize("weights", [None, RANDOM.integers(1, 4, 60).astype(float)])
def test_ratios_are_the_metrics(weights):
    proba = RANDOM.dirichlet(np.ones(3), 60)
    numbers = RANDOM.normal(size=60)
    cases = {
        **dict.fromkeys(OF_CLASSES, (RANDOM.integers(0, 3, 60), proba)),
        **dict.fromkeys(OF_NUMBERS, (numbers, numbers + RANDOM.normal(size=60))),
    }
    for name, ratio in RATIOS.items():
        truth, answers = cases[name]
        u, v = ratio.terms(truth, answers, weights)
        value = ratio.of(np.average(u, weights=weights) / np.average(v, weights=weights))
        assert value == pytest.approx(
            {**OF_CLASSES, **OF_NUMBERS}[name].of(truth, answers, weights)
        )


def test_widths_grow_by_what_training_leaves_open():
    """w of four folds is sqrt(1 + 4 / 3), whatever the units."""
    rows, w = RANDOM.exponential(size=60), np.sqrt(1 + 4 / 3)
    for clusters in (None, np.repeat(np.arange(30), 2), np.repeat(np.arange(4), 15)):
        plain = Resampled(60, None, clusters).of_ratio(rows, ONES)
        wide = Resampled(60, None, clusters, 4 / 3).of_ratio(rows, ONES)
        found = np.log(np.array(wide) / rows.mean()) / np.log(np.array(plain) / rows.mean())
        np.testing.assert_allclose(found, w)
    many = RANDOM.normal(size=(30, 500))
    widths = []
    for overlap in (0.0, 4 / 3):
        drawn = Resampled(500, None, None, overlap)
        bounds = [drawn.of_any(lambda mass, x=x: np.average(x, weights=mass)) for x in many]
        widths.append(np.diff(bounds).mean())
    assert widths[1] / widths[0] == pytest.approx(w, rel=0.1)


def test_few_units_take_student_and_the_jackknife():
    """Of equal units the jackknife's error of a mean is its standard error."""
    of_unit = np.array([1.0, 1.02, 0.97, 1.01])
    clusters = np.repeat(np.arange(4), 5)
    low, high = Resampled(20, None, clusters).of_ratio(of_unit[clusters], np.ones(20))
    error = of_unit.std(ddof=1) / 2 / of_unit.mean()
    quantile = 2.3533634348018264  # of t, 3 degrees of freedom
    assert np.log(high / low) / 2 == pytest.approx(quantile * error, rel=0.01)
    assert np.sqrt(low * high) == pytest.approx(of_unit.mean())


def test_intervals_of_few_groups_hold_the_truth():
    """Means of groups that differ, by sixty and by six of them; the truth is 0.5."""
    for n_groups, metric in ((6, "ratio"), (60, "ratio"), (6, "any"), (60, "any")):
        held = []
        groups = np.repeat(np.arange(n_groups), 5)
        for _ in range(100):
            rows = RANDOM.beta(2.0, 2.0, size=n_groups)[groups]
            drawn = Resampled(len(rows), None, groups)
            if metric == "ratio":
                low, high = drawn.of_ratio(rows, np.ones(len(rows)))
            else:
                low, high = drawn.of_any(lambda mass, rows=rows: np.average(rows, weights=mass))
            held.append(low <= 0.5 <= high)
        assert 0.8 <= np.mean(held) <= 0.98, (n_groups, metric)


def test_one_bad_row_makes_no_endless_interval():
    """114 answers, one of them very wrong: without the cut the bound is 100 times the mean."""
    losses = np.exp(np.random.default_rng(0).normal(-5.0, 1.2, 114))
    losses[0] = 4.0
    low, high = Resampled(114, None, None).of_ratio(losses, np.ones(114))
    assert low < losses.mean() < high < 30 * losses.mean()
