"""Time zones of a column of instants: their names, and what a clock on the wall there shows."""

from __future__ import annotations

import datetime
import re
from functools import lru_cache
from typing import Any

import numpy as np

from chainrule.errors import DataError

UTC = "UTC"
_SECONDS_PER_DAY = 86_400
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)?")
_UTC_NAMES = frozenset(
    {"utc", "z", "gmt", "zulu", "uct", "etc/utc", "etc/gmt", "etc/uct", "etc/zulu", "utc+00:00"}
)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
# The days that `datetime` can hold in every zone: 0001-01-03 to 9999-12-29.
_FIRST_DAY, _LAST_DAY = -719_160, 2_932_894


def zone_name(name: str) -> str:
    """One spelling for each zone: "UTC", an offset such as "+01:00", or the IANA name."""
    if name.lower() in _UTC_NAMES:
        return UTC
    found = _OFFSET.fullmatch(name.removeprefix("UTC"))
    return offset_name(_minutes(found)) if found else name


def offset_name(minutes: int) -> str:
    """ "+05:30" for 330, and "UTC" for 0."""
    if minutes == 0:
        return UTC
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}:{rest:02d}"


def zone_of(value: datetime.datetime) -> str:
    """The name of the zone of an aware datetime; "UTC" where its zone has no name."""
    zone: Any = value.tzinfo
    name = getattr(zone, "key", None) or getattr(zone, "zone", None)
    if name:
        return zone_name(str(name))
    if isinstance(zone, datetime.timezone):
        seconds = zone.utcoffset(None).total_seconds()
        return offset_name(int(seconds // 60)) if seconds % 60 == 0 else UTC
    return UTC


def is_zone_name(name: str) -> bool:
    """Whether this is an offset or may be the name of a zone."""
    return re.fullmatch(r"[+-]\d\d:\d\d|[A-Za-z][A-Za-z0-9_+/-]{0,63}", name) is not None


def local_days(days: np.ndarray, zone: str | None) -> np.ndarray:
    """Days since 1970-01-01 00:00 on the wall, from days of UTC; NaN stays NaN.

    Raises
    ------
    DataError
        For a zone that this machine does not know.
    """
    if zone in (None, UTC):
        return days
    assert zone is not None
    found = _OFFSET.fullmatch(zone)
    if found:
        return days + _minutes(found) / 1440
    known = ~np.isnan(days)
    local = days.copy()
    local[known] += _offsets(days[known], _find(zone)) / _SECONDS_PER_DAY
    return local


def _offsets(days: np.ndarray, zone: datetime.tzinfo) -> np.ndarray:
    """Seconds that a zone is ahead of UTC, by day where it is the same all day, else by minute."""
    whole = np.floor(days)
    dates, index = np.unique(whole, return_inverse=True)
    start, end = _ahead(dates * 1440, zone), _ahead((dates + 1) * 1440, zone)
    ahead: np.ndarray = start[index]
    changing = (start != end)[index]
    if changing.any():
        minutes, index = np.unique(np.floor(days[changing] * 1440 + 1e-4), return_inverse=True)
        ahead[changing] = _ahead(minutes, zone)[index]
    return ahead


def _ahead(minutes: np.ndarray, zone: datetime.tzinfo) -> np.ndarray:
    known = np.clip(minutes, _FIRST_DAY * 1440.0, _LAST_DAY * 1440.0).tolist()
    found = ((_EPOCH + datetime.timedelta(minutes=m)).astimezone(zone).utcoffset() for m in known)
    return np.array([0.0 if ahead is None else ahead.total_seconds() for ahead in found])


@lru_cache(maxsize=32)
def _find(name: str) -> datetime.tzinfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        raise DataError(
            f"this machine does not know the time zone {name!r}.",
            "Install the names of zones with: pip install tzdata",
        ) from None


def _minutes(offset: re.Match[str]) -> int:
    sign, hours, minutes = offset.groups()
    return (-1 if sign == "-" else 1) * (60 * int(hours) + int(minutes or 0))
