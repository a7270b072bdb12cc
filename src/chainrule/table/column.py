"""One column of a table: its kind, and its values as a plain array.

Whatever a column came from, the rest of the program meets one of six kinds:

    numeric    float64, NaN where missing
    datetime   float64, days since 1970-01-01, NaN where missing; of UTC where it has a time zone
    duration   float64, days, NaN where missing
    time       float64, hours since midnight, NaN where missing
    boolean    codes into levels (False, True), -1 where missing
    category   codes into the levels that occur, -1 where missing
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Level = str | bool | int | float

NUMERIC, DATETIME, DURATION, TIME = "numeric", "datetime", "duration", "time"
BOOLEAN, CATEGORY = "boolean", "category"
# Kinds whose values are numbers; the others hold codes into levels.
MEASURED = (NUMERIC, DATETIME, DURATION, TIME)

_MAX_EXACT_INT = 1 << 53


@dataclass(frozen=True)
class Column:
    """A named column.

    Attributes
    ----------
    name : str
    kind : str
        "numeric", "datetime", "duration", "time", "boolean" or "category".
    values : ndarray, shape (n_rows,)
        float64 with NaN, or integer codes with -1, as the kind says.
    levels : tuple
        What the codes stand for: strings, numbers or booleans; empty for what is measured.
    zone : str or None
        Time zone of dates that are instants, such as "UTC", "Europe/Rome" or "+01:00"; None where
        they are what a clock on the wall shows.
    """

    name: str
    kind: str
    values: np.ndarray
    levels: tuple[Level, ...] = ()
    zone: str | None = None

    @property
    def missing(self) -> np.ndarray:
        """Mask of the rows without a value, shape (n_rows,)."""
        if self.kind in MEASURED:
            return np.asarray(np.isnan(self.values))
        return np.asarray(self.values < 0)


def take(column: Column, rows: np.ndarray) -> Column:
    """The column with only these rows (indices or a mask)."""
    return replace(column, values=column.values[rows])


def as_category(column: Column) -> Column:
    """The same rows with numbers taken as names of categories."""
    if column.kind in (BOOLEAN, CATEGORY):
        return column
    known = ~np.isnan(column.values)
    levels, indices = np.unique(column.values[known], return_inverse=True)
    codes = np.full(len(column.values), -1, np.int32)
    codes[known] = indices
    return Column(column.name, CATEGORY, codes, tuple(number_level(v) for v in levels.tolist()))


def number_level(value: Any) -> Level:
    """A number as the name of a category: the same for equal numbers of any type."""
    if isinstance(value, numbers.Integral) or value == value // 1:
        whole = int(value)
        # Above 2**53 whole numbers are names, not quantities, and JSON readers round them.
        return whole if abs(whole) < _MAX_EXACT_INT else str(whole)
    return float(value)
