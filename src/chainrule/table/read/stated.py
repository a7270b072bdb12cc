"""Columns whose type their file states: what it is here, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.casts import DUCKDB_TYPES, IN_TIME, Casts
from chainrule.table.read.connection import Connection
from chainrule.table.read.grammar import non_numbers
from chainrule.table.read.mixed import MixedColumn, mixed_columns
from chainrule.table.read.raw_column import RawColumn, TypedColumn
from chainrule.table.read.rules import Rules
from chainrule.table.read.texts import Texts
from chainrule.table.zones import UTC

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_WHOLE_TYPES = (*_WHOLE, *(f"U{name}" for name in _WHOLE))
_TYPES = {
    "boolean": ("BOOLEAN",),
    "number": (*_WHOLE_TYPES, "FLOAT", "DOUBLE", "DECIMAL"),
    "text": ("VARCHAR", "ENUM", "UUID", "JSON"),
    "datetime": (
        "DATE",
        "TIMESTAMP",
        *(f"TIMESTAMP{unit}" for unit in ("_S", "_MS", "_NS", "TZ_NS")),
    ),
    "time": ("TIME", "TIME_NS"),
    "duration": ("INTERVAL",),
}
_ZONED_TIME = "TIME WITH TIME ZONE"  # without a date a zone says nothing


@dataclass(frozen=True)
class StatedTypes:
    """Takes the columns of the table `raw` for what their types say.

    Attributes
    ----------
    texts : Texts
    rules : Rules
    label : str
        What messages call the table.
    location : callable
        location(row) says where a row stands in its file.
    """

    texts: Texts
    rules: Rules
    label: str
    location: Callable[[int], str]

    @property
    def connection(self) -> Connection:
        """That of the table."""
        return self.texts.connection

    def typed(self, column: RawColumn) -> TypedColumn:
        """The column; `TableFileError` for values that it must not have."""
        wanted = self.rules.wanted(column.name)
        found = self.kind(column)
        if found == "number" and wanted is None and self._is_name(column):
            wanted = "text"
        if found == "number" or found in IN_TIME:
            self._check_finite(column, found)
        if found == "text":
            text = f"CAST({column.id} AS VARCHAR)"
            if wanted == "number":
                conditions = self.rules.conditions
                if non_numbers(self.texts, text, conditions, 1):
                    mixed = [MixedColumn(column.name, text, 0)]
                    raise mixed_columns(self.texts, mixed, conditions, self.location)
            casts = Casts(self.connection, self.rules, self.location)
            return casts.as_kind(column, text, wanted or "text")
        if wanted in (None, found) or (wanted == "number" and found == "boolean"):
            value = f"CAST({column.id} AS {DUCKDB_TYPES[wanted or found]})"
            zone = column.zone or (UTC if column.is_instant else None)
            return TypedColumn(column.name, wanted or found, value, zone)
        if wanted == "text":
            return TypedColumn(column.name, "text", spelled(column.type, found, column.id))
        raise TableFileError(
            f"{self.label}, column {column.name!r} holds {found} values where {wanted} values "
            "are expected.",
            "Give the column the kind that it had in training.",
        )

    def kind(self, column: RawColumn) -> str:
        """The kind of a column; `TableFileError` for a type that no table column can have."""
        base = column.type.split("(")[0].split(" ")[0]
        for kind, types in _TYPES.items():
            if base in types and not column.type.endswith("]") and column.type != _ZONED_TIME:
                return kind
        raise TableFileError(
            f"{self.label}, column {column.name!r} has the type {column.type}, which is no "
            "number, text, boolean, date or time.",
            f"Leave it out with --ignore {column.name!r}.",
        )

    def _is_name(self, column: RawColumn) -> bool:
        """Whether whole numbers of a stated type are names, of which none may be rounded."""
        if column.name not in self.rules.exact or column.type not in _WHOLE_TYPES:
            return False
        value = f"abs(CAST({column.id} AS HUGEINT))"
        return bool(self.connection.rows(f"SELECT max({value}) >= {1 << 53} FROM raw")[0][0])

    def _check_finite(self, column: RawColumn, kind: str) -> None:
        """Refuse infinite numbers and dates, and spans of months, whose length varies."""
        value = f"CAST({column.id} AS {DUCKDB_TYPES[kind]})"
        fault, what, remedy = {
            "number": (f"isinf({value})", "the number is infinite", "a finite number"),
            "datetime": (f"NOT isfinite({value})", "the date is infinite", "a finite date"),
            "time": ("false", "", ""),
            "duration": (
                f"datepart('month', {value}) <> 0 OR datepart('year', {value}) <> 0",
                "a duration of months or years has no fixed length",
                "days",
            ),
        }[kind]
        found = self.connection.rows(f"SELECT rowid FROM raw WHERE {fault} ORDER BY rowid LIMIT 1")
        if found:
            raise TableFileError(
                f"{self.location(int(found[0][0]))}, column {column.name!r}: {what}.",
                f"Replace it by {remedy} or leave it empty.",
            )


def spelled(type_: str, found: str, raw: str) -> str:
    """A typed value as the text that a CSV file would hold: 3, not 3.0."""
    if found != "number" or type_ in _WHOLE_TYPES:
        return f"CAST({raw} AS VARCHAR)"
    value = f"CAST({raw} AS DOUBLE)"
    whole = f"{value} = trunc({value}) AND abs({value}) < 1e15"
    return (
        f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({value} AS VARCHAR) END"
    )
