"""The kind of each column of a file, decided over all rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from chainrule.table.read.casts import IN_TIME, Casts
from chainrule.table.read.connection import Connection
from chainrule.table.read.dates.decide import DateColumn, Dates, looks_like_dates
from chainrule.table.read.grammar import (
    Counts,
    count_values,
    kind_of,
    stripped,
)
from chainrule.table.read.mixed import MixedColumn, mixed_columns
from chainrule.table.read.numbers.decide import NumberColumn, Numbers
from chainrule.table.read.raw_column import RawColumn, TypedColumn
from chainrule.table.read.rules import Rules
from chainrule.table.read.stated import StatedTypes, spelled
from chainrule.table.read.text_notices import text_notices
from chainrule.table.read.texts import Texts


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

    @property
    def stated(self) -> StatedTypes:
        """What the file says of its columns."""
        return StatedTypes(self.texts, self.rules, self.label, self.location)

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
            else self.stated.typed(column)
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
            wanted = self.rules.wanted(column.name)
            if column.stated and not (wanted == "number" and self.stated.kind(column) == "text"):
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
                if wanted is None:
                    self.notices.append(decided.notice)
                spelling = decided.spelling.format
                value = decided.expression
                found[column.id] = TypedColumn(column.name, "number", value, format=spelling)
        return found

    def _refuse_mixed(self, raw: Sequence[RawColumn], counts: Mapping[str, Counts]) -> None:
        """Refuse all columns together in which some values are numbers and some are not."""
        found = []
        for column in raw:
            count, wanted = counts[column.id], self.rules.wanted(column.name)
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
            stated = self.stated.kind(column) if column.stated else "text"
            if column.name in self.rules.dates and stated not in IN_TIME:
                text = column.id
                if column.stated:
                    text = spelled(column.type, stated, column.id)
                dates = self._date_column(column, text).given(self.rules.dates[column.name])
                found[column.id] = self._as_dates(column, dates)
            elif self._may_be_dates(column, counts):
                texts[column.id] = f"CAST({column.id} AS VARCHAR)" if column.stated else column.id
        likely = looks_like_dates(self.texts, texts, self.rules.conditions)
        for column in raw:
            if column.id in likely or (column.id in texts and self.rules.wanted(column.name)):
                wanted = self.rules.wanted(column.name)
                decided = self._date_column(column, texts[column.id]).find(wanted)
                if decided is not None:
                    found[column.id] = self._as_dates(column, decided)
        return found

    def _may_be_dates(self, column: RawColumn, counts: Mapping[str, Counts]) -> bool:
        wanted = self.rules.wanted(column.name)
        if wanted is not None:
            return wanted in IN_TIME and (not column.stated or self.stated.kind(column) == "text")
        if column.stated:
            return column.type in ("VARCHAR", "JSON")
        return kind_of(counts[column.id]) == "text"

    def _date_column(self, column: RawColumn, text: str) -> DateColumn:
        texts = self.rules.conditions.as_date_text(text)
        return DateColumn(self.connection, column.name, texts, self.location)

    def _as_dates(self, column: RawColumn, dates: Dates) -> TypedColumn:
        if self.rules.wanted(column.name) is None:
            self.notices.append(dates.notice)
        spelling = dates.spelling
        return TypedColumn(
            column.name, spelling.kind, dates.expression, dates.zone, spelling.format
        )

    def _from_text(self, column: RawColumn, counts: Counts) -> TypedColumn:
        """A column whose kind its values decide, unless the caller does."""
        wanted = self.rules.wanted(column.name)
        kind = wanted or kind_of(counts)
        if kind == "empty":
            self.notices.append(f"column {column.name!r} has no value in any row.")
            return TypedColumn(column.name, "empty", "CAST(NULL AS DOUBLE)")
        if kind == "number" and wanted is None and self._are_names(column):
            kind = "text"
        if kind == "text":
            self.notices.extend(
                text_notices(self.texts, column.name, column.id, counts, self.rules)
            )
        return Casts(self.connection, self.rules, self.location).as_kind(column, column.id, kind)

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
