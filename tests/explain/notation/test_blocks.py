"""Bars are as long as what they stand for, and there are none beside what is not finite."""

from __future__ import annotations

import math

import pytest

from chainrule.explain.notation.blocks import Share, Shares


@pytest.mark.parametrize(
    ("values", "lengths"),
    [
        ([3.0, -6.0, 0.0], [0.5, 1.0, 0.0]),
        ([0.0, 0.0], [0.0, 0.0]),
        ([1.0, math.inf], [0.0, 0.0]),
        ([1.0, math.nan], [0.0, 0.0]),
        ([], []),
    ],
)
def test_lengths_of_bars(values, lengths):
    parts = tuple(Share(str(value), value) for value in values)
    assert Shares(parts, 0.0).lengths == lengths


@pytest.mark.parametrize(
    ("values", "spans"),
    [
        ([3.0, -1.0, 2.0], [(0.0, 0.75), (0.75, 0.5), (0.5, 1.0), (0.0, 1.0)]),
        ([-2.0, 1.0], [(0.0, -1.0), (-1.0, -0.5), (0.0, -0.5)]),
        ([0.0], [(0.0, 0.0), (0.0, 0.0)]),
        ([1.0, math.inf], [(0.0, 0.0)] * 3),
        ([1.0, math.nan], [(0.0, 0.0)] * 3),
        ([], [(0.0, 0.0)]),
    ],
)
def test_bars_that_add_up_end_where_the_total_does(values, spans):
    parts = tuple(Share(str(value), value) for value in values)
    assert Shares(parts, sum(values)).spans == spans
