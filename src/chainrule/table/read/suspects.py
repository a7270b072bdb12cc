"""Rows and names that are no data, or data that are no names: found after all kinds are known.

A file without a header loses its first row to the names; a footer, a comment, a header in the
middle or half of a last line become rows. None of it disturbs the form of the file.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.connection import literal
from chainrule.table.read.dialect import read_query
from chainrule.table.read.file_table import Array
from chainrule.table.read.grammar import BLANKS, NUMBER, shortened, stripped
from chainrule.table.read.load.loaded import Source
from chainrule.table.read.raw_column import TypedColumn
from chainrule.table.read.text_file import fields_of
from chainrule.table.read.texts import Texts

_MOST_COLUMNS = 40  # of one query
_NUMBER = re.compile(NUMBER)
_DATE = re.compile(r"\d{4}-\d\d-\d\d([ T].*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}")
_FOOTER = re.compile(
    r"(grand |sub)?-?totals?:?|sum:?|sums|averages?:?|mean:?|count:?|summe:?|gesamt:?|insgesamt|"
    r"mittelwert|durchschnitt|somme|moyenne|totale|media|promedio|suma|\(?\d+ rows?\)?|"
    r"(source|note|quelle|notes|legend)s?:.*|end of (file|data|report).*|eof|--+|==+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Suspects:
    """Looks for rows and names of one text file that are not what they seem.

    Attributes
    ----------
    texts : Texts
        Of the table `raw`, which holds the columns of text.
    source : Source
    columns : sequence of TypedColumn
        All columns that were read, in the order of the file.
    ids : mapping of str to str
        Name -> its name in the table `raw`, of those that are there.
    numbers : mapping of str to ndarray
        Name -> values of the columns that are read already.
    vouched : frozenset of str
        Columns that the caller says are text.
    location : callable
        location(row) says where a row stands in its file.
    """

    texts: Texts
    source: Source
    columns: Sequence[TypedColumn]
    ids: Mapping[str, str]
    numbers: Mapping[str, Array]
    vouched: frozenset[str]
    location: Callable[[int], str]

    def refuse(self, *, header_is_sure: bool) -> None:
        """Raise `TableFileError` for the first that is found."""
        texts = [
            column
            for column in self.columns
            if column.kind == "text" and column.name in self.ids and column.name not in self.vouched
        ]
        if self.source.header:
            self._refuse_second_header(texts)
            if not header_is_sure:
                self._refuse_names_that_are_data(texts)
        if texts:
            self._refuse_comments(texts)
            self._refuse_footer(texts)
        self._refuse_cut()

    def _refuse_names_that_are_data(self, texts: Sequence[TypedColumn]) -> None:
        where = f"{self.source.file.name}, line {self.source.file.first_line}"
        hint = "Say --no-header if the file starts with data, or --header if these are the names."
        for column in self.columns:
            name = column.name.strip()
            is_decimal = _NUMBER.fullmatch(name) and not name.isdigit()
            if (column.kind == "number" and is_decimal) or (
                column.kind == "datetime" and _DATE.fullmatch(name)
            ):
                raise TableFileError(
                    f"{where}: found {name!r} in the place of a name, in a column that holds "
                    "such values.",
                    hint,
                )
        if len(texts) < 2 or self._all_whole_names():
            return
        for column in texts:
            if not self._n(column, column.name):
                return
        raise TableFileError(
            f"{where}: found {texts[0].name!r} in the place of a name, which is also a value of "
            f"its column, {self._n(texts[0], texts[0].name)} times.",
            hint,
        )

    def _all_whole_names(self) -> bool:
        return all(column.name.isdigit() for column in self.columns)

    def _refuse_second_header(self, texts: Sequence[TypedColumn]) -> None:
        if len(texts) < len(self.columns) or len(texts) < 2:
            return  # a column of numbers has refused it already
        some = texts[:_MOST_COLUMNS]
        if not all(self._n(column, column.name) for column in some):
            return
        same = " AND ".join(self._is(column, column.name) for column in some)
        row = self._first_row(same)
        if row is not None:
            raise TableFileError(
                f"{self.location(row)} holds the names of the columns again.", "Delete the line."
            )

    def _refuse_comments(self, texts: Sequence[TypedColumn]) -> None:
        first = self.columns[0]
        if first not in texts or len(self.columns) < 2:
            return
        empty = [
            f"({self._bare(column)} IS NULL OR {self._bare(column)} = '')"
            for column in self.columns[1:]
            if column.name in self.ids
        ]
        found = self.texts.connection.rows(
            f"SELECT sum(n), count(*) FROM {self.texts.of(self.ids[first.name])} "
            f"WHERE starts_with({stripped('t')}, '#')"
        )[0]
        if found[0] != 1:
            return  # none, or so many that it is a way of writing values
        starts = f"starts_with({self._bare(first)}, '#')"
        row = self._first_row(" AND ".join([starts, *empty[:_MOST_COLUMNS]]))
        if row is not None and all(np.isnan(values[row]) for values in self.numbers.values()):
            self._refuse_row(row, first, "is a comment, not a row")

    def _refuse_footer(self, texts: Sequence[TypedColumn]) -> None:
        texts = texts[:_MOST_COLUMNS]
        listed = ", ".join(self._bare(column) for column in texts)
        found = self.texts.connection.rows(
            f"SELECT rowid, {listed} FROM raw ORDER BY rowid DESC LIMIT 1"
        )
        if not found or int(found[0][0]) < 3:
            return
        row, *cells = found[0]
        for column, cell in zip(texts, cells, strict=True):
            if cell and _FOOTER.fullmatch(str(cell)) and self._n(column, cell) == 1:
                self._refuse_row(int(row), column, "looks like a footer, not a row")

    def _refuse_row(self, row: int, column: TypedColumn, what: str) -> None:
        id_ = self.ids[column.name]
        value = str(self.texts.connection.rows(f"SELECT {id_} FROM raw WHERE rowid = {row}")[0][0])
        raise TableFileError(
            f"{self.location(row)}, column {column.name!r}: found {shortened(value)!r}, which "
            f"{what}.",
            f"Delete the line, or if it is a row say --text {shlex.quote(column.name)}.",
        )

    def _refuse_cut(self) -> None:
        """A last line without a line end, whose last cell is shorter than all others can be."""
        file, dialect = self.source.file, self.source.dialect
        if not file.is_open or not self.columns:
            return
        index = len(dialect.fields) - 1
        column = self.columns[-1]
        header = [c for c in self.columns if c.name in self.vouched]
        if column in header or column.kind not in ("number", "text"):
            return
        query = read_query(file, dialect.delimiter, index + 1, header=self.source.header)
        self.texts.connection.rows(
            f"CREATE OR REPLACE TEMP TABLE ends AS SELECT {stripped(f'c{index}')} AS t "
            f"FROM ({query})"
        )
        found = self.texts.connection.rows("SELECT rowid, t FROM ends ORDER BY rowid DESC LIMIT 1")
        row, cell = int(found[0][0]), str(found[0][1] or "")
        if row < 3 or not cell:
            return
        if column.kind == "number":
            why = self._is_cut_number(row, cell)
        else:
            why = self._is_cut_text(row, cell)
        if why:
            raise TableFileError(
                f"{self.location(row)}, column {column.name!r}: the file ends with {cell!r} and "
                f"without a line end, {why}; it may have been cut.",
                "Get the whole file, or end the line if it is whole.",
            )

    def _is_cut_number(self, row: int, cell: str) -> str:
        decimals = self.texts.connection.rows(
            "SELECT DISTINCT length(split_part(t, '.', 2)) FROM ends "
            f"WHERE rowid < {row} AND t <> '' AND NOT regexp_matches(t, '[A-Za-z]') LIMIT 3"
        )
        if len(decimals) != 1 or not _NUMBER.fullmatch(cell):
            return ""
        count = int(decimals[0][0])
        if len(cell.partition(".")[2]) >= count:
            return ""
        return f"while every other value has {count} decimal{'s' * (count > 1)}"

    def _is_cut_text(self, row: int, cell: str) -> str:
        others = self.texts.connection.rows(
            f"SELECT t, count(*) AS n FROM ends WHERE rowid < {row} AND "
            f"starts_with(t, {literal(cell)}) GROUP BY t ORDER BY n DESC LIMIT 2"
        )
        if not others or others[0][1] < 2 or any(text == cell for text, _ in others):
            return ""
        if self.texts.connection.rows(
            f"SELECT 1 FROM ends WHERE rowid < {row} AND t = {literal(cell)}"
        ):
            return ""
        return f"while other rows have {str(others[0][0])!r}"

    def _bare(self, column: TypedColumn) -> str:
        return stripped(self.ids[column.name])

    def _is(self, column: TypedColumn, value: str) -> str:
        return f"coalesce({self._bare(column)} = {literal(value.strip(BLANKS))}, false)"

    def _n(self, column: TypedColumn, value: str) -> int:
        """How many rows of a column hold a text."""
        found = self.texts.connection.rows(
            f"SELECT coalesce(sum(n), 0) FROM {self.texts.of(self.ids[column.name])} "
            f"WHERE {stripped('t')} = {literal(value.strip(BLANKS))}"
        )
        return int(found[0][0])

    def _first_row(self, condition: str) -> int | None:
        found = self.texts.connection.rows(
            f"SELECT rowid FROM raw WHERE {condition} ORDER BY rowid LIMIT 1"
        )
        return int(found[0][0]) if found else None


def whole_names_notice(source: Source) -> str | None:
    """A notice where all names are whole numbers, which may be data."""
    fields = fields_of(source.file.first_record(), source.dialect.delimiter)
    if not source.header or not all(field.strip().isdigit() for field in fields):
        return None
    return (
        f"the first line of {source.file.name} holds only numbers and is taken for the names; "
        "say --no-header if it is data."
    )
