"""Dates, spans and times of day as float64: days since 1970-01-01, days, hours since midnight."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import CATEGORY, DATETIME, DURATION, TIME, Column
from chainrule.table.missing import is_missing
from chainrule.table.zones import UTC, zone_of

_PER_DAY = {"D": 1, "h": 24, "m": 1440, "s": 86_400, "ms": 86_400_000, "us": 86_400_000_000}
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d|$)", re.ASCII)
_SECONDS_PER_DAY = 86_400
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)


def days_since_1970(values: np.ndarray) -> np.ndarray:
    """float64 days from datetime64 of any unit; NaT becomes NaN."""
    if np.datetime_data(values.dtype)[0] in ("generic", "ps", "fs", "as"):
        values = values.astype("datetime64[us]")
    return days_of_spans(values - np.datetime64(0, "D"))


def days_of_spans(spans: np.ndarray) -> np.ndarray:
    """float64 days from timedelta64 of any unit; NaT becomes NaN."""
    unit = np.datetime_data(spans.dtype)[0]
    if unit in ("Y", "M", "W", "generic"):
        spans, unit = spans.astype("timedelta64[D]"), "D"
    elif unit in ("ns", "ps", "fs", "as"):
        spans, unit = spans.astype("timedelta64[us]"), "us"
    per_day = _PER_DAY[unit]
    # A quotient of exact whole numbers: the same bits whatever unit the container keeps.
    days = spans.astype(f"timedelta64[{unit}]").astype(np.int64) / per_day
    return np.where(np.isnat(spans), np.nan, days)


def column_from_cells(name: str, values: np.ndarray, types: Iterable[type]) -> Column | None:
    """A column from Python's or NumPy's dates, spans or times of day; None for other cells.

    Parameters
    ----------
    name : str
    values : ndarray of objects
    types : iterable of type
        Of the cells that are not missing.
    """
    if all(issubclass(t, datetime.date | np.datetime64) for t in types):
        return _from_dates(name, values)
    if all(issubclass(t, datetime.timedelta | np.timedelta64) for t in types):
        spans = np.array([_span(value) for value in values], "timedelta64[us]")
        return Column(name, DURATION, days_of_spans(spans))
    if all(issubclass(t, datetime.time) for t in types):
        return Column(name, TIME, np.array([_hours(name, value) for value in values]))
    return None


def _from_dates(name: str, values: np.ndarray) -> Column:
    out = np.empty(len(values), "datetime64[us]")
    zones: dict[str, int] = {}
    naive = None
    for row, value in enumerate(values):
        if is_missing(value):
            out[row] = np.datetime64("NaT")
        elif getattr(value, "tzinfo", None) is not None:
            zones.setdefault(zone_of(value), row)
            ahead = value.utcoffset() // _MICROSECOND
            out[row] = np.datetime64(value.replace(tzinfo=None), "us") - np.timedelta64(ahead, "us")
        else:
            out[row] = np.datetime64(value, "us")
            naive = row if naive is None else naive
    if zones and naive is not None:
        zone, row = next(iter(zones.items()))
        raise DataError(
            f"column '{name}' of X has times of the zone {zone} (row {row}) beside times without a "
            f"zone (row {naive}).",
            "Give every time its zone, or none.",
        )
    zone_names = list(zones)
    zone_kept = None if not zones else zone_names[0] if len(zones) == 1 else UTC
    return Column(name, DATETIME, days_since_1970(out), zone=zone_kept)


def _span(value: Any) -> np.timedelta64:
    if is_missing(value):
        return np.timedelta64("NaT", "us")
    span: np.timedelta64 = np.timedelta64(value).astype("timedelta64[us]")
    return span


def _hours(name: str, value: Any) -> float:
    if is_missing(value):
        return np.nan
    if value.tzinfo is not None:
        raise DataError(
            f"column '{name}' of X has times of day with a zone ({value}); without a date a zone "
            "does not say when they are.",
            "Leave the zone out.",
        )
    seconds = 3600 * value.hour + 60 * value.minute + value.second
    return float((1_000_000 * seconds + value.microsecond) / 3_600_000_000)


def as_cell(column: Column, value: float) -> Any:
    """A number of a column as the cell that it came from: `column_from_cells` turned round."""
    if column.kind == DATETIME:
        if column.zone is not None:
            return _EPOCH + datetime.timedelta(days=value)
        return np.datetime64(round(value * _SECONDS_PER_DAY), "s")
    if column.kind == DURATION:
        return datetime.timedelta(days=value)
    if column.kind == TIME:
        return (_EPOCH + datetime.timedelta(hours=value)).time()
    return value


def cell_in_words(column: Column, value: float) -> str:
    """ "2020-01-31", "2020-01-31T10:15:00 UTC", "1 day, 2:00:00", "10:15:00"."""
    if column.kind != DATETIME:
        return str(as_cell(column, value))
    shown = str(np.datetime64(round(value * _SECONDS_PER_DAY), "s"))
    return f"{shown} UTC" if column.zone else shown.removesuffix("T00:00:00")


def holds_dates_as_text(column: Column) -> bool:
    """Whether every category of a column is spelled as an ISO date."""
    return bool(column.levels) and all(
        isinstance(level, str) and _ISO_DATE.match(level) for level in column.levels
    )


def from_iso_texts(column: Column) -> Column | None:
    """The dates of a column of texts such as "2021-05-04" or "2021-05-04T12:30", as JSON has them.

    None where a text is no ISO 8601 date, so that nothing is guessed.
    """
    if column.kind != CATEGORY or not holds_dates_as_text(column):
        return None
    try:
        dates = [datetime.datetime.fromisoformat(str(level)) for level in column.levels]
    except ValueError:
        return None
    cells = np.array([*dates, None], dtype=object)[column.values]  # -1 is missing: the last one
    return _from_dates(column.name, cells)
