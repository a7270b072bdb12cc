"""Which columns the argument `categorical_features` means."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.frame import Table


def categorical_indices(table: Table, features: Sequence[Any] | None) -> set[int]:
    """Indices of the columns named by `categorical_features`.

    Parameters
    ----------
    table : Table
    features : sequence of str, int or bool, or None
        Names, indices (negative ones count from the end) or a mask of the columns.

    Raises
    ------
    DataError
        For what is no such list, and for a column that the table does not have.
    """
    if features is None:
        return set()
    try:
        entries = [features] if isinstance(features, str) else list(features)
    except TypeError:
        raise DataError(
            f"categorical_features must be a list of names, indices or booleans, found "
            f"{features!r}."
        ) from None
    if entries and all(isinstance(e, bool | np.bool_) for e in entries):
        if len(entries) != table.n_columns:
            raise DataError(
                f"categorical_features is a mask of {len(entries)} entries, X has "
                f"{table.n_columns} columns."
            )
        return {index for index, entry in enumerate(entries) if entry}
    return {_index(table, entry) for entry in entries}


def _index(table: Table, entry: Any) -> int:
    if isinstance(entry, str):
        if entry in table.names:
            return table.names.index(entry)
        near = difflib.get_close_matches(entry, table.names, 1, 0.6)
        raise DataError(
            f"categorical_features names the column '{entry}', which X does not have.",
            f"Did you mean '{near[0]}'?" if near else "",
        )
    if isinstance(entry, int | np.integer) and -table.n_columns <= entry < table.n_columns:
        return int(entry) % table.n_columns
    raise DataError(
        f"categorical_features holds {entry!r}; it takes column names, indices below "
        f"{table.n_columns}, or a mask."
    )
