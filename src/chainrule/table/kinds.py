"""Each column's type, decided over all rows, and its values as an array."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.connection import Connection
from chainrule.table.file_table import Array
from chainrule.table.grammar import (
    Conditions,
    Counts,
    count_values,
    first_non_number,
    kind_of,
    mixed_column,
    shortened,
)

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_TYPES = {
    "boolean": ("BOOLEAN",),
    "number": (*_WHOLE, *(f"U{name}" for name in _WHOLE), "FLOAT", "DOUBLE", "DECIMAL"),
    "text": ("VARCHAR", "ENUM", "UUID", "JSON"),
    "datetime": ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
}
_DUCKDB = {"boolean": "BOOLEAN", "number": "DOUBLE", "datetime": "TIMESTAMP"}
_GROUP = 50  # columns of one fetching query
_BOOLEANS = "true|false|True|False|TRUE|FALSE"


@dataclass(frozen=True)
class RawColumn:
    """A column of the table `raw` before its type is decided.

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
    """

    name: str
    id: str
    type: str = "VARCHAR"
    stated: bool = False


@dataclass(frozen=True)
class Column:
    """A column with its kind and the SQL expression of its values over the table `raw`."""

    name: str
    kind: str
    expression: str


@dataclass(frozen=True)
class Rules:
    """What the caller says about types.

    Attributes
    ----------
    conditions : Conditions
        The missing tokens in force.
    text : frozenset of str
        Columns to be read as text.
    expect : mapping of str to str
        Column -> kind that it must have.
    """

    conditions: Conditions
    text: frozenset[str]
    expect: Mapping[str, str]


@dataclass(frozen=True)
class Decision:
    """Decides the kind of each column of the table `raw`.

    Attributes
    ----------
    connection : Connection
    rules : Rules
    label : str
        What messages call the table.
    place : callable
        place(row) says where a row stands.
    notices : list of str
        Filled with what a person should know.
    """

    connection: Connection
    rules: Rules
    label: str
    place: Callable[[int], str]
    notices: list[str]

    def columns(self, raw: Sequence[RawColumn]) -> list[Column]:
        """Every column with its kind.

        Raises
        ------
        TableFileError
            For a column that mixes numbers with other text, is not what the rules expect, holds
            infinite numbers, or has a type that no table column can have.
        """
        ids = [column.id for column in raw if not column.stated]
        found = count_values(self.connection, "raw", ids, self.rules.conditions)
        counts = dict(zip(ids, found, strict=True))
        return [
            self._from_type(column) if column.stated else self._from_text(column, counts[column.id])
            for column in raw
        ]

    def _wanted(self, column: RawColumn) -> str | None:
        if column.name in self.rules.text:
            return "text"
        return self.rules.expect.get(column.name)

    def _from_text(self, column: RawColumn, counts: Counts) -> Column:
        """A column whose kind its values decide, unless the caller does."""
        wanted = self._wanted(column)
        kind = wanted or kind_of(counts)
        if kind == "mixed" or (kind == "number" and counts.n_numbers < counts.n_values):
            self._refuse_non_numbers(column, column.id, 0 if wanted else counts.n_numbers)
        if kind == "empty":
            self.notices.append(f"column {column.name!r} has no value in any row.")
            return Column(column.name, "empty", "CAST(NULL AS DOUBLE)")
        looks_numeric = counts.n_numbers + counts.n_decimal_comma == counts.n_values
        if kind == "text" and not wanted and counts.n_decimal_comma and looks_numeric:
            self.notices.append(
                f"column {column.name!r} is read as text; its values look like numbers with a "
                "decimal comma, and numbers need a decimal point."
            )
        return self._as_kind(column, column.id, kind)

    def _from_type(self, column: RawColumn) -> Column:
        """A column whose type the file states."""
        wanted = self._wanted(column)
        found = self._stated_kind(column)
        if found == "number":
            self._check_finite(column)
        if found == "text" and wanted in (None, "text", "number", "datetime", "boolean"):
            text = f"CAST({column.id} AS VARCHAR)"
            if wanted == "number":
                self._refuse_non_numbers(column, text, 0)
            return self._as_kind(column, text, wanted or "text")
        if wanted in (None, found) or (wanted == "number" and found == "boolean"):
            return Column(
                column.name, wanted or found, f"CAST({column.id} AS {_DUCKDB[wanted or found]})"
            )
        if wanted == "text":
            return Column(column.name, "text", _spelled(found, column.id))
        raise TableFileError(
            f"{self.label}, column {column.name!r} holds {found} values where {wanted} values "
            "are expected."
        )

    def _stated_kind(self, column: RawColumn) -> str:
        base = column.type.split("(")[0].split(" ")[0]
        for kind, types in _TYPES.items():
            if base in types and not column.type.endswith("]"):
                return kind
        raise TableFileError(
            f"{self.label}, column {column.name!r} has the type {column.type}, which is no "
            "number, text, boolean or date.",
            f"Leave it out with --ignore {column.name!r}.",
        )

    def _as_kind(self, column: RawColumn, text: str, kind: str) -> Column:
        """A text expression as values of a kind; values that cannot be are refused."""
        conditions = self.rules.conditions
        if kind in ("number", "mixed"):
            return Column(column.name, "number", conditions.as_number(text))
        value = conditions.as_text(text)
        if kind == "datetime":
            return self._parsed(column, value, kind, "an ISO date")
        if kind == "boolean":
            spelled = f"regexp_full_match({text}, '{_BOOLEANS}')"
            value = f"CASE WHEN {value} IS NULL OR {spelled} THEN {value} ELSE '?' END"
            return self._parsed(column, value, kind, "true or false")
        return Column(column.name, "text", value)

    def _parsed(self, column: RawColumn, value: str, kind: str, what: str) -> Column:
        type_ = _DUCKDB[kind]
        fault = self.connection.rows(
            f"SELECT rowid, {column.id} FROM raw WHERE ({value}) IS NOT NULL "
            f"AND TRY_CAST(({value}) AS {type_}) IS NULL ORDER BY rowid LIMIT 1"
        )
        if fault:
            row, found = fault[0]
            raise TableFileError(
                f"{self.place(int(row))}, column {column.name!r}: found {shortened(str(found))!r}, "
                f"which is not {what}."
            )
        return Column(column.name, kind, f"CAST(({value}) AS {type_})")

    def _refuse_non_numbers(self, column: RawColumn, text: str, n_numbers: int) -> None:
        fault = first_non_number(self.connection, "raw", text, self.rules.conditions)
        if fault:
            raise mixed_column(self.place(fault[0]), column.name, fault[1], n_numbers)

    def _check_finite(self, column: RawColumn) -> None:
        fault = self.connection.rows(
            f"SELECT rowid FROM raw WHERE isinf(CAST({column.id} AS DOUBLE)) ORDER BY rowid LIMIT 1"
        )
        if fault:
            raise TableFileError(
                f"{self.place(int(fault[0][0]))}, column {column.name!r}: the number is infinite.",
                "Replace it by a finite number or leave it empty.",
            )


def _spelled(found: str, raw: str) -> str:
    """A typed value as the text that a CSV file would hold: 3, not 3.0."""
    if found != "number":
        return f"CAST({raw} AS VARCHAR)"
    value = f"CAST({raw} AS DOUBLE)"
    whole = f"{value} = trunc({value}) AND abs({value}) < 1e15"
    return (
        f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({value} AS VARCHAR) END"
    )


def fetch(connection: Connection, columns: Sequence[Column], table: str = "raw") -> list[Array]:
    """The values of the columns, in order, in the types that `ColumnReport.kind` promises."""
    arrays = []
    # In groups, because DuckDB 2.0 ends the process for one query of some thousand expressions.
    for start in range(0, len(columns), _GROUP):
        group = columns[start : start + _GROUP]
        listed = ", ".join(f"{column.expression} AS v{at}" for at, column in enumerate(group))
        found = connection.arrays(f"SELECT {listed} FROM {table}")
        arrays += [_array(found[f"v{at}"], column.kind) for at, column in enumerate(group)]
    return arrays


def _array(values: Any, kind: str) -> Array:
    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    data = np.asarray(np.ma.getdata(values))
    if kind in ("number", "empty"):
        numbers = np.array(data, dtype=np.float64)
        if mask is not None:
            numbers[mask] = np.nan
        return numbers
    if kind == "datetime":
        times = np.array(data, dtype="datetime64[us]")
        if mask is not None:
            times[mask] = np.datetime64("NaT")
        return times
    if mask is None or not mask.any():
        return np.array(data, dtype=object if kind == "text" else bool)
    objects = np.array(data, dtype=object)
    objects[mask] = None
    return objects
