"""The cycles of the calendar, against Python's own calendar."""

from __future__ import annotations

import calendar
import datetime
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainrule.table.encode.calendar import CYCLES, cycles_spanned, write_cycles

EPOCH = datetime.datetime(1970, 1, 1)


def phases(moment: datetime.datetime) -> dict[str, float]:
    month_length = calendar.monthrange(moment.year, moment.month)[1]
    seconds = moment.second + moment.microsecond // 1000 / 1000
    minute = moment.minute + seconds / 60
    return {
        "month": (moment.month - 1 + (moment.day - 1) / month_length) / 12,
        "weekday": moment.weekday() / 7,
        "hour": (moment.hour + minute / 60) / 24,
        "minute": minute / 60,
    }


@given(st.datetimes(datetime.datetime(1, 1, 1), datetime.datetime(9999, 12, 31)))
def test_cycles_are_those_of_the_calendar(moment: datetime.datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    days = np.array([(moment - EPOCH) / datetime.timedelta(days=1)])
    out = np.empty((1, 8))
    write_cycles(days, tuple(CYCLES), out)
    for (sin, cos), phase in zip(out[0].reshape(4, 2), phases(moment).values(), strict=True):
        assert sin == pytest.approx(math.sin(2 * math.pi * phase), abs=1e-6)
        assert cos == pytest.approx(math.cos(2 * math.pi * phase), abs=1e-6)


def test_29_february_lies_between_its_neighbours() -> None:
    days = [(datetime.datetime(2020, 2, d) - EPOCH).days for d in (28, 29)] + [18322]  # 1 March
    out = np.empty((3, 2))
    write_cycles(np.array(days, float), ("month",), out)
    angles = np.arctan2(out[:, 0], out[:, 1])
    assert angles[0] < angles[1] < angles[2] == pytest.approx(2 * math.pi * 2 / 12)


def test_a_missing_moment_is_in_the_middle_of_every_cycle() -> None:
    out = np.empty((2, 2))
    write_cycles(np.array([np.nan, 0.25]), ("hour",), out)
    np.testing.assert_allclose(out, [[0, 0], [1, 0]], atol=1e-12)


SPANNED = {
    "two years of days": (np.arange(730.0), ("month", "weekday")),
    "four quarters": (np.array([0.0, 90, 181, 273, 365]), ("month", "weekday")),
    "years": (np.array([-365.0, 0, 365]), ("weekday",)),
    "half a year": (np.arange(180.0), ("weekday",)),
    "weeks": (np.arange(0, 700.0, 7), ("month",)),
    "hours of a day": (np.arange(24) / 24, ("hour",)),
    "a morning": (np.arange(6, 10) / 24, ()),
    "an hour of minutes": (np.arange(61) / 1440, ("minute",)),
    "minutes of three days": (np.arange(3 * 1440) / 1440, ("hour", "minute")),
    "always at noon": (np.arange(10) + 0.5, ("weekday",)),
    "one moment": (np.array([1.5, 1.5]), ()),
}


@pytest.mark.parametrize("case", SPANNED)
def test_only_cycles_that_were_gone_through(case: str) -> None:
    days, expected = SPANNED[case]
    assert cycles_spanned(days) == expected
