"""Columns of the DuckDB table `raw`: before their kind is decided, and after; and their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.table.read.connection import Connection
from chainrule.table.read.file_table import Array

GROUP = 50  # columns of one fetching query


@dataclass(frozen=True)
class RawColumn:
    """A column of the table `raw` before its kind is decided.

    Attributes
    ----------
    name : str
        Its name in the file.
    id : str
        Its name in the table `raw`.
    type : str
        Its DuckDB type; "VARCHAR" with `stated=False` is text whose meaning the grammar decides.
    stated : bool
        Whether the file itself states the type.
    zone : str or None
        Time zone of its dates, where the file states one.
    """

    name: str
    id: str
    type: str = "VARCHAR"
    stated: bool = False
    zone: str | None = None

    @property
    def is_instant(self) -> bool:
        """Whether its type is that of dates with a time zone."""
        return "WITH TIME ZONE" in self.type or self.type == "TIMESTAMPTZ_NS"


@dataclass(frozen=True)
class TypedColumn:
    """A column with its kind and the SQL expression of its values over the table `raw`.

    Attributes
    ----------
    name, kind, expression : str
    zone : str or None
        Time zone of its dates, whose values are then of UTC.
    format : str or None
        How its dates, times of day or spans are spelled in the file.
    """

    name: str
    kind: str
    expression: str
    zone: str | None = None
    format: str | None = None


def fetch(
    connection: Connection, columns: Sequence[TypedColumn], table: str = "raw"
) -> list[Array]:
    """The values of the columns, in order, in the types that `ColumnReport.kind` promises."""
    arrays = []
    # In groups, because DuckDB 2.0 ends the process for one query of some thousand expressions.
    for start in range(0, len(columns), GROUP):
        group = columns[start : start + GROUP]
        listed = ", ".join(f"{column.expression} AS v{index}" for index, column in enumerate(group))
        found = connection.arrays(f"SELECT {listed} FROM {table}")
        arrays += [_array(found[f"v{index}"], column.kind) for index, column in enumerate(group)]
    return arrays


def _array(values: Any, kind: str) -> Array:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.asarray(np.ma.getdata(values))
    if kind in ("number", "empty"):
        numbers = np.array(data, dtype=np.float64)
        if mask is not None:
            numbers[mask] = np.nan
        return numbers
    if kind in ("datetime", "duration"):
        times = np.array(data, dtype=f"{'datetime' if kind == 'datetime' else 'timedelta'}64[us]")
        if mask is not None:
            times[mask] = np.datetime64("NaT") if kind == "datetime" else np.timedelta64("NaT")
        return times
    if mask is None or not mask.any():
        return np.array(data, dtype=bool if kind == "boolean" else object)
    objects = np.array(data, dtype=object)
    objects[mask] = None
    return objects
