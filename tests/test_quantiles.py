"""Quantiles by hand, against NumPy's, and with weights as copies."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.quantiles import quantiles

SHARES = np.array([0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])


def test_by_hand():
    values = np.array([3.0, 1.0, 2.0, 4.0])
    np.testing.assert_array_equal(quantiles(values, None, [0.5, 0.6]), [2.5, 3.0])
    np.testing.assert_array_equal(quantiles(values, np.array([1.0, 1.0, 6.0, 0.0]), [0.5]), [2.0])


@pytest.mark.parametrize("seed", range(20))
def test_a_weight_of_k_is_k_copies(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 30))
    values = rng.integers(0, 9, n) if seed % 2 else rng.normal(size=n)
    weights = rng.integers(0, 4, n).astype(float)
    weights[int(rng.integers(n))] += 1
    rows = np.repeat(values, weights.astype(int))
    expected = quantiles(rows, None, SHARES)
    for scale in (1.0, 0.1, 1e-20):
        found = quantiles(values, weights * scale, SHARES)
        np.testing.assert_allclose(found, expected, rtol=1e-15)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 7, 8, 9, 100])
def test_where_no_rounding_is_they_are_numpys(n):
    values, shares = np.random.default_rng(n).normal(size=n), np.arange(9) / 8
    expected = np.quantile(values, shares, method="averaged_inverted_cdf")
    np.testing.assert_array_equal(quantiles(values, None, shares), expected)


def test_a_share_that_rounding_misses_is_met():
    values = np.arange(10.0)
    assert quantiles(values, None, [0.7]) == [6.5]
    assert quantiles(np.arange(90.0), None, [0.7]) == [62.5]  # 0.7 * 90 is below 63


def test_equal_weights_are_none():
    values = np.random.default_rng(1).normal(size=30)
    equal = quantiles(values, np.full(30, 0.7), SHARES)
    np.testing.assert_allclose(equal, quantiles(values, None, SHARES), rtol=1e-15)
