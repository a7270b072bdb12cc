"""Reliability against scikit-learn's calibration curve, and its intervals against simulation."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.calibration import calibration_curve

from chainrule.metrics.reliability import reliability, share_bounds


def test_bins_are_those_of_scikit_learn() -> None:
    random = np.random.default_rng(0)
    p = random.random(400)
    hit = random.random(400) < p**2
    found = reliability(p, hit)
    share, mean = calibration_curve(hit, p, n_bins=10)
    np.testing.assert_allclose(found.share, share)
    np.testing.assert_allclose(found.probability, mean)
    assert found.error == pytest.approx((found.mass * np.abs(share - mean)).sum() / 400)


def test_a_weight_of_two_is_the_row_twice() -> None:
    random = np.random.default_rng(1)
    p, weights = random.random(50), random.integers(0, 3, 50)
    hit = random.random(50) < p
    weighed = reliability(p, hit, weights)
    twice = reliability(np.repeat(p, weights), np.repeat(hit, weights))
    np.testing.assert_allclose(weighed.share, twice.share)
    assert weighed.error == pytest.approx(twice.error)
    assert np.isnan(reliability(p, hit, np.zeros(50)).error)


def test_certain_probabilities_have_a_bin() -> None:
    found = reliability(np.array([0.0, 1.0]), np.array([False, True]))
    assert found.error == 0.0 and list(found.mass) == [1, 1]


@pytest.mark.parametrize("truth", [0.1, 0.5, 0.9])
def test_intervals_hold_the_truth_as_often_as_they_say(truth) -> None:
    share = np.random.default_rng(2).binomial(400, truth, 4_000) / 400
    low, high = share_bounds(share, np.array(400.0))
    assert 0.87 < np.mean((low <= truth) & (truth <= high)) < 0.93
