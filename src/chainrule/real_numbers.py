"""What NumPy would turn into numbers without a word, and what they would not mean.

`np.asarray` shows the values behind a mask, counts dates in nanoseconds, reads the text "1_0" as 10
and knows no whole number of 400 digits. Arrays for computing are asked here first.
"""

from __future__ import annotations

import datetime
import os
from typing import Any

import numpy as np

from chainrule.errors import DataError

MAX_ROWS = (1 << 32) - 1  # a row number is one 32-bit word of the random counter
_LARGEST = int(np.finfo(np.float64).max)
_DATES = (datetime.date, datetime.time, datetime.timedelta, np.datetime64, np.timedelta64)
_SEQUENCES = (list, tuple, np.ndarray)


def check_real(values: Any, name: str, *, text: bool = False) -> None:
    """Raise `DataError` naming the place of a value that is no number, or that no float holds.

    Parameters
    ----------
    values : array-like
        A frame's columns are looked at one by one.
    name : str
        Of the argument.
    text : bool
        Whether text and dates are welcome whatever they say, as in labels of classes.
    """
    _check_extent(values, name)
    if type(values) is np.ndarray and values.dtype.kind in "fiub":
        return
    if hasattr(values, "dtypes") and hasattr(values, "columns"):  # a data frame
        for place, column in enumerate(values.columns):  # names may repeat
            cells = values.iloc[:, place] if hasattr(values, "iloc") else values[column]
            check_real(cells, f"column {column!r} of {name}", text=text)
        return
    if hasattr(values, "tocsr"):
        return
    if np.ma.is_masked(values):
        place = np.argwhere(np.ma.getmaskarray(values))[0]
        raise DataError(
            f"{name} is masked at {_words(place)}.", "Fill the gap, or leave the row out."
        )
    try:
        array = np.asarray(values)
    except Exception as error:  # an object may raise anything where it is asked for its numbers
        raise no_array(name, error) from error
    if array.dtype.kind in "mM" and not text:
        raise _no_number(name, f"found {array.dtype}")
    if array.dtype.kind == "V":
        raise DataError(
            f"{name} must hold real numbers, found a structured array ({array.dtype}).",
            "Pass its fields as columns of one array, or as a data frame.",
        )
    if array.dtype.kind not in "OUS":
        return
    for number, value in enumerate(array.flat):
        if _is_real(value, text):
            continue
        where = _words(np.unravel_index(number, array.shape))
        if isinstance(value, _DATES):
            raise _no_number(name, f"found {value} at {where}")
        if isinstance(value, int):
            digits = f"a whole number of {len(str(abs(value)))} digits"
            raise DataError(f"{name} holds {digits} at {where}, which no float holds.")
        found = f"the text {str(value)!r}"
        if np.ma.is_masked(value):
            found = "a masked value"
        elif isinstance(value, _SEQUENCES):
            found = f"a {type(value).__name__}"
        raise DataError(f"{name} holds {found} at {where}, which is no number.")


def no_array(name: str, error: Exception) -> DataError:
    """What is said of an argument of which NumPy makes no array."""
    why = str(error).rstrip(".") or type(error).__name__
    if "setting an array element" in why or "maximum dims" in why:
        why = "its rows have different lengths, or nest too deeply"
    return DataError(
        f"{name} must be an array of numbers, and none can be made of it: {why}.",
        f"Pass rows of equal length, for example np.array({name}).",
    )


def physical_memory() -> int:
    """Bytes of memory of this machine."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return 1 << 40


def _check_extent(values: Any, name: str) -> None:
    """Refuse by its shape alone a view of no stride, which has as many entries as it likes."""
    if not isinstance(values, np.ndarray) or values.ndim == 0:
        return
    if len(values) > MAX_ROWS:
        raise DataError(f"{name} has {len(values)} rows; at most {MAX_ROWS} can be counted.")
    if 0 in values.strides and values.nbytes > physical_memory():
        raise DataError(
            f"{name} has shape {values.shape}, {values.nbytes / 2**30:,.0f} GiB of numbers; that "
            "is more than this machine can hold.",
            "Pass fewer rows or columns.",
        )


def _is_real(value: Any, text: bool) -> bool:
    if isinstance(value, _SEQUENCES) or np.ma.is_masked(value):
        return False
    if isinstance(value, str | bytes):
        return text or "_" not in str(value)
    if isinstance(value, int):
        return text or abs(value) <= _LARGEST
    return text or not isinstance(value, _DATES)


def _no_number(name: str, found: str) -> DataError:
    return DataError(
        f"{name} must hold real numbers, {found}.",
        "Give days or seconds since a date, or use a Tabular estimator, which reads dates.",
    )


def _words(place: Any) -> str:
    """Where in an array, such as "row 3, column 1"."""
    nouns = ("row", "column") if len(place) <= 2 else ("row", *["index"] * (len(place) - 1))
    return ", ".join(f"{noun} {int(k)}" for noun, k in zip(nouns, place, strict=False))
