"""The values of a text as those of a kind; what cannot be one is refused."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.grammar import BOOLEAN, shortened, stripped
from chainrule.table.read.raw_column import RawColumn, TypedColumn
from chainrule.table.read.rules import Rules

DUCKDB_TYPES = {
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "duration": "INTERVAL",
}
IN_TIME = ("datetime", "time", "duration")
_WORDS = {"datetime": "a date", "time": "a time of day", "duration": "a duration"}


@dataclass(frozen=True)
class Casts:
    """Makes typed columns of texts over the table `raw`.

    Attributes
    ----------
    connection : Connection
    rules : Rules
    location : callable
        location(row) says where a row stands in its file.
    """

    connection: Connection
    rules: Rules
    location: Callable[[int], str]

    def as_kind(self, column: RawColumn, text: str, kind: str) -> TypedColumn:
        """A text expression as values of a kind; values that cannot be are refused."""
        conditions = self.rules.conditions
        if kind == "number":
            return TypedColumn(column.name, "number", conditions.as_number(text))
        if column.name in self.rules.text:
            conditions = conditions.literal
        value = conditions.as_text(text)
        if kind in IN_TIME:
            return self._parsed(column, value, kind, _WORDS[kind])
        if kind == "boolean":
            missing = conditions.is_missing_number(text)
            spelled = f"regexp_full_match({stripped(text)}, '{BOOLEAN}')"
            value = (
                f"CASE WHEN {missing} THEN NULL WHEN {spelled} THEN {stripped(text)} ELSE '?' END"
            )
            return self._parsed(column, value, kind, "true or false")
        return TypedColumn(column.name, "text", value)

    def _parsed(self, column: RawColumn, value: str, kind: str, what: str) -> TypedColumn:
        type_ = DUCKDB_TYPES[kind]
        fault = self.connection.rows(
            f"SELECT rowid, {column.id} FROM raw WHERE ({value}) IS NOT NULL "
            f"AND TRY_CAST(({value}) AS {type_}) IS NULL ORDER BY rowid LIMIT 1"
        )
        if fault:
            row, found = fault[0]
            raise TableFileError(
                f"{self.location(int(row))}, column {column.name!r}: found "
                f"{shortened(str(found))!r}, which is not {what}.",
                "Correct the cell, or if it stands for a missing value say --missing "
                f"{shlex.quote(shortened(str(found)))}.",
            )
        return TypedColumn(column.name, kind, f"CAST(({value}) AS {type_})")
