"""How the dates of a text column are spelled: the one way that reads every row, or a refusal."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, literal
from chainrule.table.read.dates.spelling import (
    ANY_SHAPE,
    DATETIME,
    DURATION,
    NOUNS,
    PADDED_CLOCK,
    SPELLINGS,
    TIME,
    TWO_DIGIT_YEAR,
    Spelling,
    with_format,
    zone_text,
)
from chainrule.table.read.grammar import Conditions, shortened
from chainrule.table.read.texts import Texts
from chainrule.table.zones import UTC, zone_name

_TWO_DIGITS = ("%d %m %y", "%m %d %y", "%y %m %d", "%d %b %y", "%d %B %y")


@dataclass(frozen=True)
class Dates:
    """A text column of dates, times of day or spans.

    Attributes
    ----------
    spelling : Spelling
    expression : str
        SQL of its values over the table `raw`: TIMESTAMP (of UTC where there is a zone), TIME or
        INTERVAL.
    zone : str or None
        Time zone of its dates.
    notice : str
        What a person should know.
    """

    spelling: Spelling
    expression: str
    zone: str | None
    notice: str


@dataclass(frozen=True)
class DateColumn:
    """Decides the spelling of one text column of the table `raw`.

    Attributes
    ----------
    connection : Connection
    name : str
    text : str
        SQL of its texts, NULL where missing.
    location : callable
        location(row) says where a row stands in its file.
    """

    connection: Connection
    name: str
    text: str
    location: Callable[[int], str]

    def given(self, format_: str) -> Dates:
        """Read as the caller says.

        Raises `TableFileError` for an unknown format, and for the first value spelled otherwise.
        """
        if format_ not in SPELLINGS:
            self._check_format(format_)
        spelling = with_format(format_)
        value = self._value(spelling)
        fault = self._first(f"{self.text} IS NOT NULL AND {value} IS NULL")
        if fault:
            raise TableFileError(
                f"{self._at(fault)}, which is not spelled {spelling.format}.",
                f"Say how it is spelled with {self._option('FORMAT')}, or if it stands for a "
                f"missing value say --missing {shlex.quote(shortened(fault[1]))}.",
            )
        return self._found(spelling)

    def find(self, kind: str | None = None) -> Dates | None:
        """The only spelling, of a kind if it is given, that reads every row; None for a text.

        Raises
        ------
        TableFileError
            Where several read every row, where at least half of the rows are dates and some are
            not, and for years of two digits.
        """
        first = self._first(f"{self.text} IS NOT NULL")
        if first is None:
            return None
        known = [s for s in SPELLINGS.values() if kind in (None, s.kind)]
        # A spelling that reads every row reads the first one; the others matter to refusals only.
        likely = self._met(known, f"WHERE rowid = {first[0]}")
        n_values, *valid = self._counts([self.text, *map(self._value, likely)])
        full = [s for s, count in zip(likely, valid, strict=True) if count == n_values]
        if {s.kind for s in full} == {TIME, DURATION}:
            (padded,) = self._counts([self._matching(PADDED_CLOCK)])
            full = [s for s in full if s.kind == TIME] if padded == n_values else full
        if len(full) > 1:
            self._refuse_ambiguous(*full[:2])
        if full:
            return self._found(full[0])
        met = self._met(known)
        if not met:
            self._check_years(n_values)
            return None
        counts = self._counts([self._value(s) for s in met])
        best, count = max(zip(met, counts, strict=True), key=lambda pair: pair[1])
        if 2 * count >= n_values:
            self._refuse_other(best, count)
        return None

    def _met(self, known: Sequence[Spelling], rows: str = "") -> list[Spelling]:
        """Those of whose shape some of these rows are."""
        counts = self._counts([self._matching(s.shape) for s in known], rows)
        return [s for s, count in zip(known, counts, strict=True) if count]

    def _check_format(self, format_: str) -> None:
        try:
            self.connection.rows(f"SELECT strftime(TIMESTAMP '2020-01-31', {literal(format_)})")
            known = "%" in format_
        except TableFileError:
            known = False
        if not known:
            raise TableFileError(
                f"the format {format_!r} of the column {self.name!r} is none.",
                "Say for example %d/%m/%Y, '%d.%m.%y %H:%M', %H:%M:%S or duration.",
            )

    def _found(self, spelling: Spelling) -> Dates:
        zone, notice = self._zone(spelling)
        first = self._first(f"{self.text} IS NOT NULL")
        shown = f" ({first[1]!r})" if first else ""
        words = f"column {self.name!r} is read as {NOUNS[spelling.kind]}, {spelling.words}{shown}"
        return Dates(spelling, self._value(spelling), zone, f"{words}{notice}.")

    def _zone(self, spelling: Spelling) -> tuple[str | None, str]:
        """The zone of the column, and the rest of the notice."""
        if spelling.kind != DATETIME:
            return None, ""
        if spelling.format not in SPELLINGS:
            return (UTC, ", in UTC") if "%z" in spelling.format else (None, "")
        zone = zone_text(self.text)
        found = self.connection.rows(
            f"SELECT {zone} AS z, min(rowid) FROM raw WHERE {self.text} IS NOT NULL GROUP BY z"
        )
        rows = {str(text): int(row) for text, row in found}
        names = {zone_name(text) for text in rows if text}
        if names and "" in rows:
            fault = self._first(f"{zone} = ''")
            assert fault is not None
            raise TableFileError(
                f"{self._at(fault)} without a time zone, while other values of it have one.",
                "Give every time its offset from UTC, or none.",
            )
        if len(names) > 1:
            return UTC, f"; its {len(names)} offsets are taken together as instants in UTC"
        if not names:
            return None, ""
        (name,) = names
        return name, f", in the time zone {name}"

    def _refuse_ambiguous(self, one: Spelling, other: Spelling) -> None:
        if one.kind == other.kind:
            differ = f"{self._value(one)} <> {self._value(other)}"
        else:
            differ = f"NOT {self._matching_test(PADDED_CLOCK)}"
        fault = self._first(differ) or self._first(f"{self.text} IS NOT NULL")
        assert fault is not None
        readings = " or ".join(
            f"as {NOUNS[s.kind]} ({s.words})" if one.kind != other.kind else f"with {s.words}"
            for s in (one, other)
        )
        raise TableFileError(
            f"{self._at(fault)}, which can be read {readings}, and no value of it decides.",
            f"Say {self._option(one.format)} or {self._option(other.format)}.",
        )

    def _refuse_other(self, best: Spelling, count: int) -> None:
        fault = self._first(f"{self.text} IS NOT NULL AND {self._value(best)} IS NULL")
        assert fault is not None
        are = "value of it is" if count == 1 else "values of it are"
        raise TableFileError(
            f"{self._at(fault)}, which is not one of the {NOUNS[best.kind]} ({best.words}) that "
            f"{count} other {are}.",
            f"Correct it, or if it stands for a missing value say --missing "
            f"{shlex.quote(shortened(fault[1]))}, if the column is text say --text "
            f"{shlex.quote(self.name)}, and if all are dates say {self._option('FORMAT')}.",
        )

    def _check_years(self, n_values: int) -> None:
        """Refuse a column of which every value is a date with two digits for its year."""
        if self._counts([self._matching(TWO_DIGIT_YEAR)]) != [n_values]:
            return
        plain = f"regexp_replace(split_part({self.text}, ' ', 1), '[-/.]', ' ', 'g')"
        spaced = f"regexp_replace({self.text}, '[-/.]', ' ', 'g')"
        tests = [f"try_strptime({plain}, {literal(f)})" for f in _TWO_DIGITS[:3]]
        tests += [f"try_strptime({spaced}, {literal(f)})" for f in _TWO_DIGITS[3:]]
        if n_values in self._counts(tests):
            fault = self._first(f"{self.text} IS NOT NULL")
            assert fault is not None
            raise TableFileError(
                f"{self._at(fault)}, whose year of two digits leaves the century open.",
                f"Say for example {self._option('%d/%m/%y')}, or if the column is text say --text "
                f"{shlex.quote(self.name)}.",
            )

    def _value(self, spelling: Spelling) -> str:
        shape = self._matching_test(spelling.shape)
        return f"(CASE WHEN {shape} THEN {spelling.meaning(f'({self.text})')} END)"

    def _matching_test(self, shape: str) -> str:
        return f"regexp_full_match({self.text}, {literal(shape)})"

    def _matching(self, shape: str) -> str:
        return f"(CASE WHEN {self._matching_test(shape)} THEN 1 END)"

    def _counts(self, values: Sequence[str], rows: str = "") -> list[int]:
        """How many of these rows, all if none are named, have each value."""
        if not values:
            return []
        (row,) = self.connection.rows(
            f"SELECT {', '.join(f'count({value})' for value in values)} FROM raw {rows}"
        )
        return [int(count) for count in row]

    def _first(self, condition: str) -> tuple[int, str] | None:
        found = self.connection.rows(
            f"SELECT rowid, {self.text} FROM raw WHERE {condition} ORDER BY rowid LIMIT 1"
        )
        return (int(found[0][0]), str(found[0][1])) if found else None

    def _at(self, fault: tuple[int, str]) -> str:
        return f"{self.location(fault[0])}, column {self.name!r}: found {shortened(fault[1])!r}"

    def _option(self, format_: str) -> str:
        return f"--dates {shlex.quote(f'{self.name}={format_}')}"


def looks_like_dates(texts: Texts, columns: Mapping[str, str], conditions: Conditions) -> set[str]:
    """The keys of those texts of which at least half of the values have the shape of a date."""
    value = conditions.as_date_text("t")
    shape = f"regexp_full_match({value}, {literal(ANY_SHAPE)})"
    found = set()
    for key, text in columns.items():
        n_shaped, n_values = texts.connection.rows(
            f"SELECT sum(n) FILTER (WHERE {shape}), sum(n) FILTER (WHERE {value} IS NOT NULL) "
            f"FROM {texts.of(text)}"
        )[0]
        if n_values and 2 * (n_shaped or 0) >= n_values:
            found.add(key)
    return found
