"""The encoder of a column of numbers or spans: the scaled number, and a flag for missing values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import (
    BOOLEAN,
    CATEGORY,
    DATETIME,
    DURATION,
    MEASURED,
    NUMERIC,
    TIME,
    Column,
)
from chainrule.table.encode.column_encoder import (
    FLAGS,
    NUMBERS,
    ColumnEncoder,
    UnusedEncoder,
    counted,
)
from chainrule.table.encode.scaling import robust_scale, smooth_clip
from chainrule.table.times import cell_in_words

_NOUN = {
    NUMERIC: "numbers",
    DATETIME: "dates",
    DURATION: "durations",
    TIME: "times of day",
    BOOLEAN: "booleans",
    CATEGORY: "categories",
}


@dataclass(frozen=True)
class NumberEncoder(ColumnEncoder):
    """A number or span: f(s (x - median)), and a flag where training had missing values.

    In older models also a date, without the cycles of the calendar.

    Attributes
    ----------
    median, factor : float
        Of the known training rows; factor 0 leaves the number out (it never changed).
    flag_median, flag_factor : float
        Scale of the flag, which is +1 where the value is known and -1 where it is missing;
        `flag_factor` 0 means that training had no missing value.
    """

    code: ClassVar[str] = "number"
    median: float
    factor: float
    flag_median: float = 0.0
    flag_factor: float = 0.0

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Nothing, and `?`."""
        return ("",) * (self.factor > 0) + ("?",) * (self.flag_factor > 0)

    @property
    def groups(self) -> tuple[int, ...]:
        """A number, a flag."""
        return (NUMBERS,) * (self.factor > 0) + (FLAGS,) * (self.flag_factor > 0)

    @property
    def file_kind(self) -> str | None:
        """Numbers, dates, spans or times of day."""
        return "number" if self.kind == NUMERIC else self.kind

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, width); the notice counts missing values new to the model."""
        values = self.numbers(column)
        missing = np.isnan(values)
        if self.factor > 0:
            scaled = smooth_clip(values, self.median, self.factor)
            scaled[missing] = 0.0
            out[:, 0] = scaled
        if self.flag_factor > 0:
            flags = smooth_clip(np.array([1.0, -1.0]), self.flag_median, self.flag_factor)
            out[:, -1] = flags[missing.astype(np.intp)]
        elif missing.any():
            typical = f"{self.median:g}"
            if self.kind != NUMERIC:
                typical = cell_in_words(replace(column, kind=self.kind), self.median)
            return (
                f"column '{self.name}' has {counted(int(missing.sum()), 'missing value')} and had "
                f"none in training; the model takes the training median {typical} instead."
            )
        return None

    def numbers(self, column: Column) -> np.ndarray:
        """The column's own numbers, NaN where missing; raises `DataError` for another kind."""
        if column.kind == self.kind or column.missing.all():
            known = column.kind in MEASURED
            return column.values if known else np.full(len(column.values), np.nan)
        if column.kind == BOOLEAN and self.kind == NUMERIC:
            return np.where(column.missing, np.nan, column.values)
        if column.kind == DURATION and self.kind == NUMERIC:
            return column.values  # older models know spans as numbers of days
        row = int(np.flatnonzero(~column.missing)[0])
        raise DataError(
            f"column '{self.name}' held {_NOUN[self.kind]} in training and holds "
            f"{_NOUN[column.kind]} now ({_shown(column, row)} in row {row}).",
            "Convert it to the type it had in training.",
        )


def fit_number(column: Column, weights: np.ndarray | None) -> NumberEncoder | UnusedEncoder:
    """The encoder of a column of numbers or spans, from all its rows and their weights."""
    missing = column.missing
    known = ~missing
    if not known.any():
        return UnusedEncoder(column.name, column.kind)
    has_missing = bool(missing.any())
    values = column.values[known] if has_missing else column.values
    kept = None if weights is None else weights[known] if has_missing else weights
    median, factor = robust_scale(values, kept)
    flag = (0.0, 0.0)
    if has_missing:
        flag = robust_scale(
            np.array([1.0, -1.0]), np.array([row_mass(weights, known), row_mass(weights, missing)])
        )
    if factor == 0.0 and not has_missing:
        return UnusedEncoder(column.name, column.kind)
    return NumberEncoder(column.name, column.kind, median, factor, *flag)


def row_mass(weights: np.ndarray | None, rows: np.ndarray) -> float:
    """The sum of the weights of some rows, a mask; their number where there are no weights."""
    return float(np.count_nonzero(rows) if weights is None else weights[rows].sum())


def _shown(column: Column, row: int) -> str:
    value = column.values[row]
    return repr(column.levels[value]) if column.levels else f"{value:g}"
