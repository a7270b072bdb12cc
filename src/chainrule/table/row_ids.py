"""What rows are called, where they have names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from chainrule.errors import DataError


def row_names(X: Any, n_rows: int, given: Any = None) -> list[Any] | None:
    """One name for each row: as given, by a pandas index, or None where they are only counted.

    Parameters
    ----------
    X : table
    n_rows : int
        Of X.
    given : sequence, array or series of shape (n_rows,), optional

    Raises
    ------
    DataError
        For `given` that is none of these.
    """
    if given is not None:
        return _one_each(given, n_rows)
    index: Any = getattr(X, "index", None)
    if index is None or callable(index) or type(index).__name__ == "RangeIndex":
        return None
    return list(index)


def _one_each(given: Any, n_rows: int) -> list[Any]:
    shape = getattr(given, "shape", None)
    is_list = isinstance(given, Sequence) and not isinstance(given, str | bytes)
    if not is_list and (not isinstance(shape, tuple) or len(shape) != 1):
        found = type(given).__name__ if shape is None else f"shape {shape}"
        raise DataError(f"row_ids must be a list of one name a row, found {found}.")
    if len(given) != n_rows:
        raise DataError(f"row_ids has {len(given)} entries; X has {n_rows} rows.")
    return list(given)
