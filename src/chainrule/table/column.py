"""One column of a table: its kind, and its values as a plain array.

Whatever a column came from, the rest of the program meets one of four kinds:

    numeric    float64, NaN where missing
    datetime   float64, days since 1970-01-01 (UTC), NaN where missing
    boolean    codes into levels (False, True), -1 where missing
    category   codes into the levels that occur, -1 where missing
"""

from __future__ import annotations

import numbers
from dataclasses import dataclass
from typing import Any

import numpy as np

Level = str | bool | int | float

NUMERIC, DATETIME, BOOLEAN, CATEGORY = "numeric", "datetime", "boolean", "category"

_MAX_EXACT_INT = 1 << 53


@dataclass(frozen=True)
class Column:
    """A named column.

    Attributes
    ----------
    name : str
    kind : str
        "numeric", "datetime", "boolean" or "category".
    values : ndarray, shape (n_rows,)
        float64 with NaN, or integer codes with -1, as the kind says.
    levels : tuple
        What the codes stand for: strings, numbers or booleans; empty for numbers and dates.
    """

    name: str
    kind: str
    values: np.ndarray
    levels: tuple[Level, ...] = ()

    @property
    def missing(self) -> np.ndarray:
        """Mask of the rows without a value, shape (n_rows,)."""
        if self.kind in (NUMERIC, DATETIME):
            return np.asarray(np.isnan(self.values))
        return np.asarray(self.values < 0)


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
