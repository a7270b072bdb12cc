"""The cycles of the calendar as array operations, and the clocks of time zones.

The month comes from the count of days by the arithmetic of the Gregorian calendar, in which a year
begins in March, so that the leap day is its last one, and 400 years have 146,097 days.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

from chainrule.export.values import FLOAT64, INT64, Value, as_value, constant, function
from chainrule.table.zones import local_days

_HOUR = 3_600_000.0  # milliseconds
_DAY = 24 * _HOUR
_FIRST, _LAST = "1900-01-01", "2101-01-01"  # clocks of zones are known between the two


def write_cycles(days: Value, cycles: Sequence[str]) -> list[Value]:
    """sin and cos of each cycle; 0 where the moment is missing."""
    missing = days.is_missing()
    moments = milliseconds(days)
    found = []
    for name in cycles:
        angle = PHASES[name](moments) * (2.0 * np.pi)
        for turned in (angle.sin(), angle.cos()):
            found.append(missing.where(as_value(0.0, FLOAT64), turned))
    return found


@function
def milliseconds(days: Value) -> Value:
    """Whole milliseconds since 1970 from days; 0 where they are missing."""
    return (days.is_missing().where(as_value(0.0, FLOAT64), days) * _DAY).round()


def local_clock(days: Value, zone: str | None) -> Value:
    """Days since 1970 on the wall of a zone, from days of UTC.

    The clock of a zone is a list of its changes from 1900 to 2100; before and after it stays.
    """
    starts, ahead = clock_changes(zone)
    if len(starts) == 0:
        return days + float(ahead[0]) if ahead[0] else days
    # Which change was last: as many as are not later than the moment.
    passed = (days + 1e-9 > constant(starts, FLOAT64)).where(
        as_value(1.0, FLOAT64), as_value(0.0, FLOAT64)
    )
    offset = passed.row_sum().cast(INT64).rows_of(constant(ahead[:, None], FLOAT64))
    return days + offset


@lru_cache(maxsize=32)
def clock_changes(zone: str | None) -> tuple[np.ndarray, np.ndarray]:
    """(days of UTC at which a zone's clock changes, days that it is ahead before and after)."""
    days = np.arange(np.datetime64(_FIRST), np.datetime64(_LAST)).astype(np.int64).astype(float)
    ahead = _ahead(days, zone)
    changed = np.flatnonzero(ahead[1:] != ahead[:-1])
    if not len(changed):
        return np.empty(0), ahead[:1]
    minutes = np.arange(1440) / 1440.0
    starts, found = [], [ahead[0]]
    for day in days[changed]:  # a clock may change more than once a day
        within = day + np.append(minutes, 1.0)
        now = _ahead(within, zone)
        turns = np.flatnonzero(now[1:] != now[:-1]) + 1
        starts += within[turns].tolist()
        found += now[turns].tolist()
    return np.array(starts), np.array(found)


def _ahead(days: np.ndarray, zone: str | None) -> np.ndarray:
    """Days that a zone is ahead of UTC, to the second."""
    return np.asarray(np.rint((local_days(days, zone) - days) * 86400.0) / 86400.0)


@function
def month_phase(moments: Value) -> Value:
    """(month of the year from 0 + share of the month that is over) / 12."""
    days = (moments / _DAY).floor() + 719_468.0  # since 0000-03-01
    of_era = days - (days / 146_097.0).floor() * 146_097.0
    leaps = (of_era / 1_460.0).floor() - (of_era / 36_524.0).floor()
    leaps = leaps + (of_era / 146_096.0).floor()
    year = ((of_era - leaps) / 365.0).floor()
    of_year = of_era - (year * 365.0 + (year / 4.0).floor() - (year / 100.0).floor())
    month = ((of_year * 5.0 + 2.0) / 153.0).floor()  # 0 is March, 11 February
    first, following = _first_day(month), _first_day(month + 1.0)
    next_year = year + 1.0  # in which a February lies
    last = is_multiple(next_year, 4.0) - is_multiple(next_year, 100.0)
    last = last + is_multiple(next_year, 400.0) + 365.0
    length = following.minimum(last) - first
    share = (of_year - first) / length
    since_january = (month > 9.5).where(month - 10.0, month + 2.0)
    return (since_january + share) / 12.0


def _first_day(month: Value) -> Value:
    """The day of the year on which a month begins, both from March."""
    return ((month * 153.0 + 2.0) / 5.0).floor()


@function
def is_multiple(year: Value, of: Value) -> Value:
    """1 where the year is a multiple, else 0."""
    return _rest(year, of).equal(0.0).where(as_value(1.0, FLOAT64), as_value(0.0, FLOAT64))


def _rest(a: Value, of: Value | float) -> Value:
    return a - (a / of).floor() * of


@function
def weekday_phase(moments: Value) -> Value:
    """Days since Monday / 7; 1970 began on a Thursday."""
    return _rest((moments / _DAY).floor() + 3.0, 7.0) / 7.0


@function
def hour_phase(moments: Value) -> Value:
    """Time since midnight / 24 hours."""
    return _rest(moments, _DAY) / _DAY


@function
def minute_phase(moments: Value) -> Value:
    """Time since the full hour / 1 hour."""
    return _rest(moments, _HOUR) / _HOUR


# name -> phase in [0, 1) of milliseconds since 1970.
PHASES: dict[str, Callable[[Value], Value]] = {
    "month": month_phase,
    "weekday": weekday_phase,
    "hour": hour_phase,
    "minute": minute_phase,
}
