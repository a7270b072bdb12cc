"""Scales hold their values, and their ticks are round."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.report.svg.scale import Scale, place, tick_text


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e12, 1e12), max_size=5), st.booleans())
def test_every_value_has_a_place_and_ticks_lie_within(values, is_log) -> None:
    scale = Scale.over(values, 10.0, 110.0, is_log=is_log)
    for value in values:
        assert 10.0 - 1e-6 <= scale.at(value) <= 110.0 + 1e-6
    ticks = scale.ticks()
    room = 1e-6 * (scale.high - scale.low)
    assert len(ticks) <= 12
    assert all(scale.low - room <= tick <= scale.high + room for tick in ticks)


@pytest.mark.parametrize(
    ("low", "high", "is_log", "ticks"),
    [
        (0.0, 1.0, False, [0.0, 0.5, 1.0]),
        (2.0, 9.0, False, [2.0, 4.0, 6.0, 8.0]),
        (0.002, 30.0, True, [0.01, 0.1, 1.0, 10.0]),
    ],
)
def test_ticks(low, high, is_log, ticks) -> None:
    assert Scale(low, high, 0.0, 1.0, is_log).ticks() == pytest.approx(ticks)


def test_texts() -> None:
    assert [tick_text(v) for v in (0.0, 0.5, -2.0, 1500.0, 1e-5, 2e6)] == [
        "0", "0.5", "-2", "1,500", "1e-05", "2e+06",
    ]  # fmt: skip
    assert place(3.04) == "3" and place(-0.25) == "-0.2"
