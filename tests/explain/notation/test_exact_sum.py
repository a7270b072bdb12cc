"""Sums are exact, and those that overflow say so without an error."""

from __future__ import annotations

import math

from chainrule.explain.notation.exact_sum import exact_sum


def test_sums_are_rounded_once():
    assert exact_sum([1e16, 1.0, -1e16]) == 1.0
    assert exact_sum([]) == 0.0


def test_sums_that_overflow():
    assert math.isnan(exact_sum([math.inf, -math.inf]))
    assert exact_sum([1e308, 1e308]) == math.inf
    assert exact_sum([1.0, -math.inf]) == -math.inf
    assert math.isnan(exact_sum([1.0, math.nan]))
