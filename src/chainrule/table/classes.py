"""Which numbers of a target mean classes, and which columns of it are one class of several."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import numpy as np

from chainrule.errors import DataError

MAX_CLASSES = 20  # distinct whole numbers


def means_classes(values: np.ndarray) -> bool:
    """Whether the numbers of a target, none of them missing, mean classes: at most 20 whole ones.

    Parameters
    ----------
    values : ndarray, shape (n_samples,)
    """
    distinct = np.unique(values)
    return len(distinct) <= MAX_CLASSES and bool(np.all(distinct == np.floor(distinct)))


def whole_labels(y: np.ndarray) -> np.ndarray:
    """Labels that are whole numbers, as objects, in a type that keeps every digit.

    Parameters
    ----------
    y : ndarray of object

    Raises
    ------
    DataError
        Where 64 bits do not hold them.
    """
    for dtype in (np.int64, np.uint64):
        with suppress(OverflowError):
            return np.array(y.tolist(), dtype)
    raise DataError(
        "Unknown label type: y holds whole numbers that 64 bits do not hold; pass labels of such "
        "length as text."
    )


def is_one_hot(y: np.ndarray) -> bool:
    """Whether every row of several columns has one 1 and else 0, as one class of several has.

    Parameters
    ----------
    y : ndarray, shape (n_samples, n_columns)
        Of another shape it is not.
    """
    if y.ndim != 2 or y.shape[1] < 2 or y.dtype.kind not in "iubf":
        return False
    return bool((y.sum(axis=1) == 1).all() and ((y == 0) | (y == 1)).all())


def one_hot_notice(y: Any, instead: str) -> str | None:
    """A notice where the columns of y are taken for labels and are one class of several.

    Parameters
    ----------
    y : array-like
    instead : str
        What to do for classes.
    """
    try:
        columns = np.asarray(y)
    except ValueError:  # rows of different lengths, which the fit refuses
        return None
    if columns.ndim != 2 or len(columns) < 2 or not is_one_hot(columns):
        return None
    return (
        "every row of y has exactly one 1, as one class of several has that is written in "
        f"{columns.shape[1]} columns; the columns are taken for independent labels, of which a "
        f"prediction may hold none or several. For classes {instead}."
    )
