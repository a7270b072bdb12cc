"""Cells of any type as a column: what they mean, which are missing, and what is refused."""

from __future__ import annotations

import decimal
import math
import numbers
from collections.abc import Iterable
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import (
    BOOLEAN,
    CATEGORY,
    DATETIME,
    DURATION,
    NUMERIC,
    Column,
    Level,
    number_level,
)
from chainrule.table.missing import MISSING_TYPES, is_missing
from chainrule.table.times import column_from_cells, days_of_spans, days_since_1970


class CellError(DataError, TypeError):
    """A cell or column of a type that cannot be learned from."""


def column_from_array(name: str, values: np.ndarray) -> Column:
    """A column from a one-dimensional array of any dtype.

    Raises
    ------
    DataError
        For infinite numbers, naming the row.
    CellError
        For complex, bytes, structured or nested values, naming the type.
    """
    kind = values.dtype.kind
    if kind in "fiu":
        return _numeric(name, values)
    if isinstance(values, np.ma.MaskedArray):
        gaps = np.ma.getmaskarray(values)
        values, kind = np.ma.getdata(values).astype(object), "O"
        values[gaps] = None
    if kind == "b":
        return Column(name, BOOLEAN, values.astype(np.int8), (False, True))
    if kind == "M":
        return Column(name, DATETIME, days_since_1970(values))
    if kind == "m":
        return Column(name, DURATION, days_of_spans(values))
    if kind == "U":
        return _from_objects(name, values.astype(object))
    if kind == "O":
        return _from_objects(name, values)
    raise refused_type(name, str(values.dtype))


def refused_type(name: str, dtype: str) -> CellError:
    """The error for a column whose type has no meaning here."""
    if "complex" in dtype:
        return CellError(f"Complex data not supported: column '{name}' of X is {dtype}.")
    return CellError(
        f"column '{name}' of X has type {dtype}; "
        "columns hold numbers, booleans, text, categories, dates or times.",
        "Convert it or leave it out.",
    )


def _numeric(name: str, values: np.ndarray) -> Column:
    with np.errstate(over="ignore", invalid="ignore"):
        numbers_ = values.astype(np.float64)
    if isinstance(numbers_, np.ma.MaskedArray):
        numbers_ = numbers_.filled(np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        suspect = not np.isfinite(numbers_.sum())  # no mask needed unless something is not finite
    if suspect and np.isinf(numbers_).any():
        row = int(np.flatnonzero(np.isinf(numbers_))[0])
        raise DataError(
            f"column '{name}' of X holds infinity ({values[row]}) in row {row}; "
            "columns hold finite numbers or missing values.",
            "Replace it by a number or by a missing value.",
        )
    return Column(name, NUMERIC, numbers_)


def category_from_objects(name: str, values: Iterable[Any], n_rows: int) -> Column:
    """A category column from Python values; equal values share a level.

    Raises `DataError` naming the row of a cell that is no category.
    """
    levels = _Levels()
    try:
        codes = np.fromiter(map(levels.__getitem__, values), np.int32, n_rows)
    except TypeError:
        raise _bad_cell(name, values) from None
    return from_codes(name, codes, list(levels))


def from_codes(name: str, codes: np.ndarray, levels: list[Any]) -> Column:
    """A category column from codes into raw levels, where several may mean the same or nothing.

    Raises `DataError` for levels that are no category, such as infinity.
    """
    kept: dict[Level, int] = {}
    renumber = np.full(len(levels) + 1, -1, np.int32)  # the last entry serves code -1
    for code, raw in enumerate(levels):
        if not is_missing(raw):
            level = _level(name, raw)
            if level in (math.inf, -math.inf):
                raise DataError(
                    f"column '{name}' of X holds infinity among its categories.",
                    "Replace it by a number or by a missing value.",
                )
            renumber[code] = kept.setdefault(level, len(kept))
    if kept and all(isinstance(level, bool) for level in kept):
        as_codes = np.array([*kept, -1], np.int8)  # True is 1
        return Column(name, BOOLEAN, as_codes[renumber[codes]], (False, True))
    return Column(name, CATEGORY, renumber[codes], tuple(kept))


class _Levels(dict[Any, int]):
    """Numbers keys by first appearance, inside the C loop of `map`."""

    def __missing__(self, key: Any) -> int:
        code = self[key] = len(self)
        return code


def _from_objects(name: str, values: np.ndarray) -> Column:
    """Decides the kind of an object column from the types of its cells."""
    types = set(map(type, values))
    if type(np.ma.masked) in types:  # cells of masked arrays, in a list
        values = np.array([None if value is np.ma.masked else value for value in values], object)
    types = {t for t in types if t.__name__ not in MISSING_TYPES}
    if any(issubclass(t, float | np.floating) for t in types) and _only_nan_floats(values):
        types = {t for t in types if not issubclass(t, float | np.floating)}
    if not types:
        return Column(name, NUMERIC, np.full(len(values), np.nan))
    if all(issubclass(t, bool | np.bool_) for t in types):
        return category_from_objects(name, values, len(values))
    in_time = column_from_cells(name, values, types)
    if in_time is not None:
        return in_time
    if all(_is_number_type(t) for t in types):
        return _numeric(name, _to_float(name, values))
    return category_from_objects(name, values, len(values))


def _only_nan_floats(values: np.ndarray) -> bool:
    return all(v != v for v in values if isinstance(v, float | np.floating))


def _is_number_type(t: type) -> bool:
    return issubclass(t, numbers.Real | np.number | np.bool_ | decimal.Decimal) and not issubclass(
        t, np.complexfloating | np.timedelta64
    )


def _to_float(name: str, values: np.ndarray) -> np.ndarray:
    try:
        return values.astype(np.float64)  # NumPy takes None for NaN, but no other missing marker
    except (TypeError, ValueError, OverflowError):
        out = np.empty(len(values))
    for row, value in enumerate(values):
        try:
            out[row] = np.nan if is_missing(value) else value
        except OverflowError:
            out[row] = math.inf
    return out


def is_level(value: Any) -> bool:
    """Whether a value can name a category as it is."""
    return isinstance(value, str | bool | np.bool_) or _is_number_type(type(value))


def _level(name: str, value: Any) -> Level:
    """A level as plain Python, the same for equal values from any library."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if _is_number_type(type(value)):
        return number_level(value)
    raise _bad_cell(name, [value])


def _bad_cell(name: str, values: Iterable[Any]) -> CellError:
    for row, value in enumerate(values):
        if not is_level(value) and not is_missing(value):
            if isinstance(value, complex | np.complexfloating):
                return CellError(f"Complex data not supported: column '{name}' of X holds {value}.")
            where = f" in row {row}" if row else ""
            return CellError(
                f"column '{name}' of X holds a value of type {type(value).__name__}{where}; "
                "each cell of this argument must be a string, a number, a boolean or a date."
            )
    return CellError(f"column '{name}' of X cannot be read as numbers, text or dates.")
