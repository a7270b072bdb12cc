"""The kind of each column of a file, decided over all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection
from chainrule.table.read.dates.decide import DateColumn, Dates, looks_like_dates
from chainrule.table.read.grammar import (
    BOOLEAN,
    Counts,
    count_values,
    kind_of,
    non_numbers,
    shortened,
    stripped,
)
from chainrule.table.read.mixed import MixedColumn, mixed_columns
from chainrule.table.read.numbers.decide import NumberColumn, Numbers
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
    delimiter : str or None
        What separates the fields of a text file.
    """

    connection: Connection
    rules: Rules
    label: str
    location: Callable[[int], str]
    notices: list[str]
    delimiter: str | None = None

    @cached_property
    def texts(self) -> Texts:
        """The different texts of the columns."""
        return Texts(self.connection)

    def columns(self, raw: Sequence[RawColumn]) -> list[TypedColumn]:
        """Every column with its kind.

        Raises
        ------
        TableFileError
            For a column that mixes numbers with other text, is not what the rules expect, holds
            infinite numbers, or has a type that no table column can have.
        """
        ids = [column.id for column in raw if not column.stated]
        found = count_values(self.texts, ids, self.rules.conditions)
        counts = dict(zip(ids, found, strict=True))
        known = self._dates(raw, counts)
        known |= self._spelled_numbers([c for c in raw if c.id not in known], counts)
        self._refuse_mixed([c for c in raw if c.id not in known and not c.stated], counts)
        return [
            known[column.id]
            if column.id in known
            else self._from_type(column)
            if column.stated
            else self._from_text(column, counts[column.id])
            for column in raw
        ]

    def _spelled_numbers(
        self, raw: Sequence[RawColumn], counts: Mapping[str, Counts]
    ) -> dict[str, TypedColumn]:
        """The columns of text that are numbers with something around or within, by id."""
        found: dict[str, TypedColumn] = {}
        for column in raw:
            given = self.rules.numbers.get(column.name)
            kind = "" if column.stated else kind_of(counts[column.id])
            wanted = self._wanted(column)
            if column.stated and not (wanted == "number" and self._stated_kind(column) == "text"):
                continue
            text = f"CAST({column.id} AS VARCHAR)" if column.stated else column.id
            numbers = NumberColumn(
                self.texts,
                column.name,
                text,
                self.rules.conditions,
                self.location,
                self.delimiter,
            )
            decided: Numbers | None = None
            if given is not None and wanted != "text" and kind != "empty":
                decided = numbers.given(given)
            elif wanted == "number" or (wanted is None and kind in ("text", "mixed")):
                leading = not column.stated and counts[column.id].n_leading_zero
                decided = None if leading else numbers.find()
            if decided is not None:
                self.notices.append(decided.notice)
                spelling = decided.spelling.format
                value = decided.expression
                found[column.id] = TypedColumn(column.name, "number", value, format=spelling)
        return found

    def _refuse_mixed(self, raw: Sequence[RawColumn], counts: Mapping[str, Counts]) -> None:
        """Refuse all columns together in which some values are numbers and some are not."""
        found = []
        for column in raw:
            count, wanted = counts[column.id], self._wanted(column)
            kind = wanted or kind_of(count)
            if kind == "mixed" or (kind == "number" and count.n_numbers < count.n_values):
                n_numbers = 0 if wanted else count.n_numbers
                found.append(MixedColumn(column.name, column.id, n_numbers))
        if found:
            raise mixed_columns(self.texts, found, self.rules.conditions, self.location)

    def _dates(
        self, raw: Sequence[RawColumn], counts: Mapping[str, Counts]
    ) -> dict[str, TypedColumn]:
        """The columns of text that are dates, times of day or spans, by id."""
        found: dict[str, TypedColumn] = {}
        texts: dict[str, str] = {}
        for column in raw:
            stated = self._stated_kind(column) if column.stated else "text"
            if column.name in self.rules.dates and stated not in _IN_TIME:
                text = column.id
                if column.stated:
                    text = _spelled(column.type, stated, column.id)
                dates = self._date_column(column, text).given(self.rules.dates[column.name])
                found[column.id] = self._as_dates(column, dates)
            elif self._may_be_dates(column, counts):
                texts[column.id] = f"CAST({column.id} AS VARCHAR)" if column.stated else column.id
        likely = looks_like_dates(self.texts, texts, self.rules.conditions)
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
        if kind == "empty":
            self.notices.append(f"column {column.name!r} has no value in any row.")
            return TypedColumn(column.name, "empty", "CAST(NULL AS DOUBLE)")
        if kind == "number" and wanted is None and self._are_names(column):
            kind = "text"
        if kind == "text":
            self._tell_of_text(column, counts)
        return self._as_kind(column, column.id, kind)

    def _tell_of_text(self, column: RawColumn, counts: Counts) -> None:
        """Notices of what a column of text may be besides."""
        is_given = column.name in self.rules.text
        n_named = counts.n_missing - counts.n_empty
        if is_given and "NA" not in self.rules.conditions.given:
            found = self.connection.rows(
                f"SELECT coalesce(sum(n), 0) FROM {self.texts.of(column.id)} "
                f"WHERE {stripped('t')} = 'NA'"
            )
            if n_na := int(found[0][0]):
                self.notices.append(
                    f"column {column.name!r} holds NA {n_na} times, which is a value there like "
                    "any other, as --text asks; say --missing NA if it stands for a missing value."
                )
        elif n_named and counts.n_empty and not self._wanted(column):
            self.notices.append(
                f"column {column.name!r} has {counts.n_empty} empty fields and {n_named} with NA; "
                f"both are missing. Say --text {column.name!r} if NA is a value there."
            )
        if not self._wanted(column):
            self._tell_of_units(column)
            self._tell_of_blanks(column)

    def _tell_of_units(self, column: RawColumn) -> None:
        numbers = NumberColumn(
            self.texts, column.name, column.id, self.rules.conditions, self.location
        )
        notice = numbers.unlike()
        if notice:
            self.notices.append(notice)

    def _tell_of_blanks(self, column: RawColumn) -> None:
        """A notice of two texts that differ by nothing but blanks around them."""
        found = self.connection.rows(
            f"SELECT min(t), max(t), {stripped('t')} AS bare FROM {self.texts.of(column.id)} "
            "WHERE t IS NOT NULL GROUP BY bare HAVING count(*) > 1 ORDER BY bare LIMIT 1"
        )
        if found and found[0][2]:
            one, other = map(str, found[0][:2])
            self.notices.append(
                f"column {column.name!r} holds {shortened(one)!r} and {shortened(other)!r}, which "
                "differ by the blanks around them and are taken for two values."
            )
            return
        found = self.connection.rows(
            f"SELECT min(t) FROM {self.texts.of(column.id)} WHERE t IS NOT NULL "
            f"HAVING min(length(t)) = max(length(t)) AND bool_or(t <> {stripped('t')}) "
            f"AND count(DISTINCT length({stripped('t')})) > 1"
        )
        if found:
            self.notices.append(
                f"column {column.name!r} is filled up with blanks to one length "
                f"({shortened(str(found[0][0]))!r}), which are taken for parts of its values."
            )

    def _from_type(self, column: RawColumn) -> TypedColumn:
        """A column whose type the file states."""
        wanted = self._wanted(column)
        found = self._stated_kind(column)
        if found == "number" and wanted is None and self._is_name(column):
            wanted = "text"
        if found == "number" or found in _IN_TIME:
            self._check_finite(column, found)
        if found == "text":
            text = f"CAST({column.id} AS VARCHAR)"
            if wanted == "number":
                conditions = self.rules.conditions
                if non_numbers(self.texts, text, conditions, 1):
                    mixed = [MixedColumn(column.name, text, 0)]
                    raise mixed_columns(self.texts, mixed, conditions, self.location)
            return self._as_kind(column, text, wanted or "text")
        if wanted in (None, found) or (wanted == "number" and found == "boolean"):
            value = f"CAST({column.id} AS {_DUCKDB[wanted or found]})"
            zone = column.zone or (UTC if column.is_instant else None)
            return TypedColumn(column.name, wanted or found, value, zone)
        if wanted == "text":
            return TypedColumn(column.name, "text", _spelled(column.type, found, column.id))
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
        if kind == "number":
            return TypedColumn(column.name, "number", conditions.as_number(text))
        if column.name in self.rules.text:
            conditions = conditions.literal
        value = conditions.as_text(text)
        if kind in _IN_TIME:
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

    def _are_names(self, column: RawColumn) -> bool:
        """Whether texts that are whole numbers are names, of which none may be rounded."""
        if column.name not in self.rules.exact:
            return False
        digits = f"regexp_full_match({stripped('t')}, '[+-]?[0-9]{{16,}}')"
        large = f"abs(TRY_CAST({stripped('t')} AS DOUBLE)) >= {1 << 53}"
        found = self.connection.rows(
            f"SELECT count(*) FROM {self.texts.of(column.id)} WHERE {digits} AND {large}"
        )
        return bool(found[0][0])

    def _is_name(self, column: RawColumn) -> bool:
        """Whether whole numbers of a stated type are names, of which none may be rounded."""
        if column.name not in self.rules.exact or column.type not in _WHOLE_TYPES:
            return False
        value = f"abs(CAST({column.id} AS HUGEINT))"
        return bool(self.connection.rows(f"SELECT max({value}) >= {1 << 53} FROM raw")[0][0])

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


def _spelled(type_: str, found: str, raw: str) -> str:
    """A typed value as the text that a CSV file would hold: 3, not 3.0."""
    if found != "number" or type_ in _WHOLE_TYPES:
        return f"CAST({raw} AS VARCHAR)"
    value = f"CAST({raw} AS DOUBLE)"
    whole = f"{value} = trunc({value}) AND abs({value}) < 1e15"
    return (
        f"CASE WHEN {whole} THEN CAST(CAST({value} AS BIGINT) AS VARCHAR) "
        f"ELSE CAST({value} AS VARCHAR) END"
    )
