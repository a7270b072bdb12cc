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
