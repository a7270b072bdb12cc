"""The kind of each column of a file, decided over all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.dates.decide import DateColumn, Dates, looks_like_dates
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
from chainrule.table.zones import UTC

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_TYPES = {
    "boolean": ("BOOLEAN",),
    "number": (*_WHOLE, *(f"U{name}" for name in _WHOLE), "FLOAT", "DOUBLE", "DECIMAL"),
    "text": ("VARCHAR", "ENUM", "UUID", "JSON"),
    "datetime": (
        "DATE",
        "TIMESTAMP",
        *(f"TIMESTAMP{unit}" for unit in ("_S", "_MS", "_NS", "TZ_NS")),
    ),
    "time": ("TIME", "TIME_NS"),
    "duration": ("INTERVAL",),
}
_DUCKDB = {
    "boolean": "BOOLEAN",
    "number": "DOUBLE",
    "datetime": "TIMESTAMP",
    "time": "TIME",
    "duration": "INTERVAL",
}
_ZONED_TIME = "TIME WITH TIME ZONE"  # without a date a zone says nothing
_IN_TIME = ("datetime", "time", "duration")
_WORDS = {"datetime": "a date", "time": "a time of day", "duration": "a duration"}
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
    dates : mapping of str to str
        Column -> how its dates, times of day or spans are spelled.
    """

    conditions: Conditions
    text: frozenset[str]
    expect: Mapping[str, str]
    dates: Mapping[str, str] = field(default_factory=dict)


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
        dates = self._dates(raw, counts)
        return [
            dates[column.id]
            if column.id in dates
            else self._from_type(column)
            if column.stated
            else self._from_text(column, counts[column.id])
            for column in raw
        ]

    def _dates(
        self, raw: Sequence[RawColumn], counts: Mapping[str, Counts]
    ) -> dict[str, TypedColumn]:
        """The columns of text that are dates, times of day or spans, by id."""
        found: dict[str, TypedColumn] = {}
        texts: dict[str, str] = {}
        for column in raw:
            stated = self._stated_kind(column) if column.stated else "text"
            if column.name in self.rules.dates and stated not in _IN_TIME:
                text = _spelled(stated, column.id) if column.stated else column.id
                dates = self._date_column(column, text).given(self.rules.dates[column.name])
                found[column.id] = self._as_dates(column, dates)
            elif self._may_be_dates(column, counts):
                texts[column.id] = f"CAST({column.id} AS VARCHAR)" if column.stated else column.id
        likely = looks_like_dates(self.connection, texts, self.rules.conditions)
        for column in raw:
            if column.id in likely or (column.id in texts and self._wanted(column)):
                wanted = self._wanted(column)
                decided = self._date_column(column, texts[column.id]).find(wanted)
                if decided is not None:
                    found[column.id] = self._as_dates(column, decided)
        return found

    def _may_be_dates(self, column: RawColumn, counts: Mapping[str, Counts]) -> bool:
        wanted = self._wanted(column)
        if wanted is not None:
            return wanted in _IN_TIME and (not column.stated or self._stated_kind(column) == "text")
        if column.stated:
            return column.type in ("VARCHAR", "JSON")
        return kind_of(counts[column.id]) == "text"

    def _date_column(self, column: RawColumn, text: str) -> DateColumn:
        texts = self.rules.conditions.as_date_text(text)
        return DateColumn(self.connection, column.name, texts, self.location)

    def _as_dates(self, column: RawColumn, dates: Dates) -> TypedColumn:
        if self._wanted(column) is None:
            self.notices.append(dates.notice)
        spelling = dates.spelling
        return TypedColumn(
            column.name, spelling.kind, dates.expression, dates.zone, spelling.format
        )

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
        if found == "number" or found in _IN_TIME:
            self._check_finite(column, found)
        if found == "text":
            text = f"CAST({column.id} AS VARCHAR)"
            if wanted == "number":
                self._refuse_non_numbers(column, text, 0)
            return self._as_kind(column, text, wanted or "text")
        if wanted in (None, found) or (wanted == "number" and found == "boolean"):
            value = f"CAST({column.id} AS {_DUCKDB[wanted or found]})"
            zone = column.zone or (UTC if column.is_instant else None)
            return TypedColumn(column.name, wanted or found, value, zone)
        if wanted == "text":
            return TypedColumn(column.name, "text", _spelled(found, column.id))
        raise TableFileError(
            f"{self.label}, column {column.name!r} holds {found} values where {wanted} values "
            "are expected."
        )

    def _stated_kind(self, column: RawColumn) -> str:
        base = column.type.split("(")[0].split(" ")[0]
        for kind, types in _TYPES.items():
            if base in types and not column.type.endswith("]") and column.type != _ZONED_TIME:
                return kind
        raise TableFileError(
            f"{self.label}, column {column.name!r} has the type {column.type}, which is no "
            "number, text, boolean, date or time.",
            f"Leave it out with --ignore {column.name!r}.",
        )

    def _as_kind(self, column: RawColumn, text: str, kind: str) -> TypedColumn:
        """A text expression as values of a kind; values that cannot be are refused."""
        conditions = self.rules.conditions
        if kind in ("number", "mixed"):
            return TypedColumn(column.name, "number", conditions.as_number(text))
        value = conditions.as_text(text)
        if kind in _IN_TIME:
            return self._parsed(column, value, kind, _WORDS[kind])
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

    def _check_finite(self, column: RawColumn, kind: str) -> None:
        """Refuse infinite numbers and dates, and spans of months, whose length varies."""
        value = f"CAST({column.id} AS {_DUCKDB[kind]})"
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
