"""The kind of each column of a file, decided over all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.grammar import (
    Conditions,
    Counts,
    count_values,
    first_non_number,
    kind_of,
    mixed_column,
    shortened,
)
from chainrule.table.read.raw_column import RawColumn, TypedColumn

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_TYPES = {
    "boolean": ("BOOLEAN",),
    "number": (*_WHOLE, *(f"U{name}" for name in _WHOLE), "FLOAT", "DOUBLE", "DECIMAL"),
    "text": ("VARCHAR", "ENUM", "UUID", "JSON"),
    "datetime": ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"),
}
_DUCKDB = {"boolean": "BOOLEAN", "number": "DOUBLE", "datetime": "TIMESTAMP"}
_BOOLEANS = "true|false|True|False|TRUE|FALSE"


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
    location : callable
        location(row) says where a row stands in its file.
    notices : list of str
        Filled with what a person should know.
    """

    connection: Connection
    rules: Rules
    label: str
    location: Callable[[int], str]
    notices: list[str]

    def columns(self, raw: Sequence[RawColumn]) -> list[TypedColumn]:
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

    def _from_text(self, column: RawColumn, counts: Counts) -> TypedColumn:
        """A column whose kind its values decide, unless the caller does."""
        wanted = self._wanted(column)
        kind = wanted or kind_of(counts)
        if kind == "mixed" or (kind == "number" and counts.n_numbers < counts.n_values):
            self._refuse_non_numbers(column, column.id, 0 if wanted else counts.n_numbers)
        if kind == "empty":
            self.notices.append(f"column {column.name!r} has no value in any row.")
            return TypedColumn(column.name, "empty", "CAST(NULL AS DOUBLE)")
        looks_numeric = counts.n_numbers + counts.n_decimal_comma == counts.n_values
        if kind == "text" and not wanted and counts.n_decimal_comma and looks_numeric:
            self.notices.append(
                f"column {column.name!r} is read as text; its values look like numbers with a "
                "decimal comma, and numbers need a decimal point."
            )
        return self._as_kind(column, column.id, kind)

    def _from_type(self, column: RawColumn) -> TypedColumn:
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
            return TypedColumn(
                column.name, wanted or found, f"CAST({column.id} AS {_DUCKDB[wanted or found]})"
            )
        if wanted == "text":
            return TypedColumn(column.name, "text", _spelled(found, column.id))
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

    def _as_kind(self, column: RawColumn, text: str, kind: str) -> TypedColumn:
        """A text expression as values of a kind; values that cannot be are refused."""
        conditions = self.rules.conditions
        if kind in ("number", "mixed"):
            return TypedColumn(column.name, "number", conditions.as_number(text))
        value = conditions.as_text(text)
        if kind == "datetime":
            return self._parsed(column, value, kind, "an ISO date")
        if kind == "boolean":
            spelled = f"regexp_full_match({text}, '{_BOOLEANS}')"
            value = f"CASE WHEN {value} IS NULL OR {spelled} THEN {value} ELSE '?' END"
            return self._parsed(column, value, kind, "true or false")
        return TypedColumn(column.name, "text", value)

    def _parsed(self, column: RawColumn, value: str, kind: str, what: str) -> TypedColumn:
        type_ = _DUCKDB[kind]
        fault = self.connection.rows(
            f"SELECT rowid, {column.id} FROM raw WHERE ({value}) IS NOT NULL "
            f"AND TRY_CAST(({value}) AS {type_}) IS NULL ORDER BY rowid LIMIT 1"
        )
        if fault:
            row, found = fault[0]
            raise TableFileError(
                f"{self.location(int(row))}, column {column.name!r}: found "
                f"{shortened(str(found))!r}, which is not {what}."
            )
        return TypedColumn(column.name, kind, f"CAST(({value}) AS {type_})")

    def _refuse_non_numbers(self, column: RawColumn, text: str, n_numbers: int) -> None:
        fault = first_non_number(self.connection, "raw", text, self.rules.conditions)
        if fault:
            raise mixed_column(self.location(fault[0]), column.name, fault[1], n_numbers)

    def _check_finite(self, column: RawColumn) -> None:
        fault = self.connection.rows(
            f"SELECT rowid FROM raw WHERE isinf(CAST({column.id} AS DOUBLE)) ORDER BY rowid LIMIT 1"
        )
        if fault:
            row = int(fault[0][0])
            raise TableFileError(
                f"{self.location(row)}, column {column.name!r}: the number is infinite.",
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
