"""One table on its way from files, or a query, to arrays: loaded, decided, fetched, looked over."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.choice import Choice
from chainrule.table.read.connection import Connection
from chainrule.table.read.doubts import doubtful_numbers
from chainrule.table.read.file_table import (
    Array,
    ColumnReport,
    FileTable,
    Part,
    TableReport,
    location_of,
    missing_cells,
)
from chainrule.table.read.grammar import EXACT
from chainrule.table.read.kinds import Decision
from chainrule.table.read.load.json import load_json
from chainrule.table.read.load.loaded import Choose, Loaded
from chainrule.table.read.load.parquet import load_parquet
from chainrule.table.read.load.query import load_query
from chainrule.table.read.load.text import TextOptions, load_text
from chainrule.table.read.raw_column import TypedColumn, fetch
from chainrule.table.read.rules import Rules
from chainrule.table.read.suspects import Suspects, whole_names_notice
from chainrule.table.read.texts import Texts
from chainrule.table.read.unpack import SourceFile


@dataclass(frozen=True)
class TextForm:
    """What the caller says about the form of text files."""

    delimiter: str | None
    header: bool | None
    encoding: str | None
    plain: bool = True  # columns of numbers may stay out of the table `raw`


@dataclass
class Reading:
    """One table on its way from files, or from a query over them, to arrays.

    Attributes
    ----------
    connection : Connection
    files : list of SourceFile
    form : TextForm
    rules : Rules
    choice : Choice
    """

    connection: Connection
    files: Sequence[SourceFile]
    form: TextForm
    rules: Rules
    choice: Choice
    notices: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What messages call the files together."""
        names = [file.name for file in self.files]
        return names[0] if len(names) == 1 else f"{len(names)} files" if names else "the query"

    def run(self) -> FileTable:
        """Read, decide, fetch; `TableFileError` for files of several formats, and for no rows."""
        loaded = self.load(self._choose)
        decision = self.decision(loaded, self.label)
        columns, values = self._fetch(loaded, decision)
        self.check_suspects(loaded, columns, decision.texts)
        return self._finished(loaded, self.label, self.files[0].format, columns, values)

    def run_query(self, sql: str, *, has_tables: bool) -> FileTable:
        """The result of a query; its columns are chosen from.

        With tables the rules were about their columns.
        """
        label = "the result of the query"

        def choose(names: Sequence[str]) -> Sequence[str]:
            self.rules = self.rules.of_result(names) if has_tables else self.rules
            return self._choose(names)

        loaded = _run(self.connection, sql, choose)
        check_rows(loaded.parts, label, False)
        columns, values = self._fetch(loaded, self.decision(loaded, label))
        return self._finished(loaded, label, "sql", columns, values)

    def load(self, choose: Choose) -> Loaded:
        """The files together as the table `raw`; `TableFileError` where they are no table."""
        formats = {file.format for file in self.files}
        if len(formats) > 1:
            raise TableFileError(
                "files read together need one format.", "Read them one by one, or with --sql."
            )
        for file in self.files:
            if os.path.getsize(file.path) == 0:
                raise TableFileError(
                    f"{file.name} is empty.", "It needs a header and at least one row."
                )
        paths = [file.path for file in self.files]
        names = [file.name for file in self.files]
        (format_,) = formats
        if format_ == "json":
            loaded = load_json(self.connection, paths, names, choose)
        elif format_ == "parquet":
            loaded = load_parquet(self.connection, paths, names, choose)
        else:
            options = self._text_options()
            loaded = load_text(self.connection, paths, names, options, choose, self.notices)
        has_header = self.form.header is not False and format_ == "csv"
        check_rows(loaded.parts, self.label, has_header)
        return loaded

    def _text_options(self) -> TextOptions:
        rules, form = self.rules, self.form
        others = {name for name, kind in rules.expect.items() if kind != "number"}
        return TextOptions(
            form.delimiter,
            form.header is not False,
            form.encoding,
            form.plain,
            rules.conditions.given,
            rules.text | others | {*rules.dates, *rules.numbers} | rules.exact,
        )

    def _choose(self, names: Sequence[str]) -> Sequence[str]:
        """Those of a table's columns that are read; the rules then speak of its own names."""
        self.rules = self.rules.named(names)
        kept, notices = self.choice.of(names, self.rules.mentioned, self.label)
        self.notices += notices
        self.unread[:] = [name for name in names if name not in kept]
        return kept

    def decision(self, loaded: Loaded, label: str) -> Decision:
        """Who decides the kinds of the columns."""
        location = partial(location_of, loaded.parts)
        connection, notices = self.connection, self.notices
        return Decision(connection, self.rules, label, location, notices, loaded.delimiter)

    def _finished(
        self,
        loaded: Loaded,
        label: str,
        format_: str,
        columns: Sequence[TypedColumn],
        values: dict[str, Array],
    ) -> FileTable:
        self._tell_of_large(columns, values)
        self._tell_of_empty_rows(loaded, values)
        report = TableReport(
            label,
            format_,
            loaded.delimiter,
            sum(part.n_rows for part in loaded.parts),
            tuple(
                ColumnReport(
                    c.name, c.kind, int(missing_cells(values[c.name]).sum()), c.zone, c.format
                )
                for c in columns
            ),
            tuple(dict.fromkeys(self.notices)),
            tuple(self.unread),
        )
        return FileTable(values, report, loaded.parts)

    def _fetch(
        self, loaded: Loaded, decision: Decision
    ) -> tuple[list[TypedColumn], dict[str, Array]]:
        in_raw = [column for column in loaded.columns if column.name not in loaded.numbers]
        decided = decision.columns(in_raw)
        fetched = fetch(self.connection, decided)
        known = {c.name: (c, a) for c, a in zip(decided, fetched, strict=True)}
        for name, array in loaded.numbers.items():
            known[name] = (TypedColumn(name, "number", ""), array)
        columns = [known[column.name][0] for column in loaded.columns]
        return columns, {column.name: known[column.name][1] for column in columns}

    def check_suspects(self, loaded: Loaded, columns: Sequence[TypedColumn], texts: Texts) -> None:
        """Refuse what a text file seems to hold and does not; of several files, in none."""
        if len(loaded.sources) != 1:
            return
        (source,) = loaded.sources
        notice = whole_names_notice(source) if self.form.header is None else None
        self.notices += [notice] if notice else []
        location = partial(location_of, loaded.parts)
        vouched = self.rules.text | set(self.rules.expect)
        ids = {c.name: c.id for c in loaded.columns if c.name not in loaded.numbers}
        numbers = loaded.numbers
        suspects = Suspects(texts, source, columns, ids, numbers, frozenset(vouched), location)
        suspects.refuse(header_is_sure=self.form.header is not None)
        given = set(self.rules.numbers) | vouched
        doubtful = {
            int(raw.id[1:]): (raw.name, self._numbers_of(loaded, column))
            for raw, column in zip(loaded.columns, columns, strict=True)
            if column.kind == "number" and column.format is None and column.name not in given
        }
        self.notices += doubtful_numbers(self.connection, source, doubtful, location)

    def _numbers_of(self, loaded: Loaded, column: TypedColumn) -> Array:
        if column.name in loaded.numbers:
            return loaded.numbers[column.name]
        return fetch(self.connection, [column])[0]

    def _tell_of_empty_rows(self, loaded: Loaded, values: Mapping[str, Array]) -> None:
        empty = np.ones(sum(part.n_rows for part in loaded.parts), bool)
        for array in values.values():
            empty &= missing_cells(array)
            if not empty.any():
                return
        rows = np.flatnonzero(empty)
        if len(rows) < len(empty):
            noun = "1 row has" if len(rows) == 1 else f"{len(rows):,} rows have"
            where = location_of(loaded.parts, int(rows[0]))
            self.notices.append(f"{noun} no value in any column ({where}).")

    def _tell_of_large(self, columns: Sequence[TypedColumn], values: Mapping[str, Array]) -> None:
        for column in columns:
            if column.kind == "number":
                largest = np.nanmax(np.abs(values[column.name]), initial=0.0)
                if largest >= EXACT:
                    self.notices.append(
                        f"column {column.name!r} holds whole numbers from 2**53 on, which are "
                        "rounded; if it is a name rather than a quantity say --text "
                        f"{column.name!r}."
                    )


def check_rows(parts: Sequence[Part], label: str, has_header: bool) -> None:
    """Raise `TableFileError` for a table without rows."""
    if not any(part.n_rows for part in parts):
        what = "has a header and no rows" if has_header else "has no rows"
        raise TableFileError(f"{label} {what}.", "There must be at least one.")


def _run(connection: Connection, sql: str, choose: Choose) -> Loaded:
    query = sql.strip().rstrip(";")
    if not connection.is_one_select(query):
        raise TableFileError(
            "the query must be one SELECT.", "Say for example --sql 'SELECT * FROM data'."
        )
    described = connection.names_and_types(query)
    names = [name for name, _ in described]
    for name in names:
        if names.count(name) > 1:
            raise TableFileError(
                f"the query has two columns named {name!r}.", "Rename one of them with AS."
            )
    return load_query(connection, query, described, choose)
