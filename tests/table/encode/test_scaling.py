"""Scales against NumPy's own quantiles and numbers worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.table.encode.scaling import flag_scales, quantiles, robust_scale, smooth_clip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), min_size=1, max_size=12),
    st.lists(st.floats(0, 1), min_size=1, max_size=3),
)
def test_a_weight_of_k_is_k_rows(pairs, shares):
    values, weights = np.array(pairs, float).T
    rows = np.repeat(values, weights.astype(int))
    expected = np.quantile(rows, shares, method="averaged_inverted_cdf")
    np.testing.assert_allclose(quantiles(values, weights, np.array(shares)), expected, rtol=1e-15)
    assert robust_scale(values, weights) == robust_scale(rows, None)
    assert robust_scale(values, weights * 0.1) == pytest.approx(robust_scale(rows, None))


@given(st.integers(1, 40), st.integers(1, 40))
def test_flag_scales_are_robust_scales(zeros, ones):
    rows = np.repeat([0.0, 1.0], [zeros, ones])
    median, factor = flag_scales(np.array([ones / (zeros + ones)]))
    assert (median[0], factor[0]) == robust_scale(rows, None)


def test_smooth_clip_keeps_missing_values():
    assert np.isnan(smooth_clip(np.array([np.nan]), 0.0, 1.0))


def test_a_long_tail_at_a_point_is_seen():
    """Nine in ten rows are 0, the others spread over 1 to 10, and a few are a million."""
    tail = np.linspace(1.0, 10.0, 95)
    rows = np.concatenate([np.zeros(900), tail, np.full(5, 1e6)])
    median, factor = robust_scale(rows, None)
    seen = smooth_clip(tail, median, factor)
    assert median == 0.0 and seen[-1] - seen[0] > 1.0  # by the range they would differ by 2e-5
    # The point, and nine tenths of what lies off it: 2 / (max - min) of those.
    assert factor == pytest.approx(2 / np.quantile(np.r_[tail, [1e6] * 5], 0.9), rel=0.02)
    assert robust_scale(-rows, None) == (0.0, factor)
    assert robust_scale(rows, np.full(len(rows), 3.0)) == (median, factor)
    shifted = robust_scale(rows + 40.0, None)
    assert shifted[0] == 40.0 and shifted[1] == pytest.approx(factor)


@pytest.mark.parametrize("largest", [10.0, 40.0])
def test_a_tail_in_plain_sight_keeps_its_range(largest):
    rows = np.concatenate([np.zeros(900), np.linspace(1.0, 10.0, 99), [largest]])
    assert robust_scale(rows, None) == (0.0, 2.0 / largest)
