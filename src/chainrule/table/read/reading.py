"""One table on its way from files to arrays: loaded, its kinds decided, fetched, looked over."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.choice import Choice
from chainrule.table.read.connection import Connection, quoted
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
from chainrule.table.read.names import check_present
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


@dataclass
class Reading:
    """One table on its way from files to arrays.

    Attributes
    ----------
    connection : Connection
    files : list of SourceFile
    rules : Rules
    choice : Choice
    sql : str or None
    """

    connection: Connection
    files: Sequence[SourceFile]
    rules: Rules
    choice: Choice
    sql: str | None
    notices: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    @property
    def label(self) -> str:
        """What messages call the table."""
        names = [file.name for file in self.files]
        return names[0] if len(names) == 1 else f"{len(names)} files" if names else "the query"

    def run(self, form: TextForm) -> FileTable:
        """Read, decide, fetch; `TableFileError` for files of several formats, and for no rows."""
        formats = {file.format for file in self.files}
        if len(formats) > 1:
            raise TableFileError("files read together need one format.")
        format_ = formats.pop() if formats else "sql"
        label, delimiter = self.label, None
        if self.files:
            loaded = self._load(format_, form)
            delimiter = loaded.delimiter
            has_header = form.header is not False and format_ == "csv"
            check_rows(loaded.parts, label, has_header)
        if self.sql is not None:
            if self.files:
                self._make_data(loaded, form)
            format_, label = "sql", "the result of the query"
            loaded = _run(self.connection, self.sql, self._choose)
            check_rows(loaded.parts, label, False)
        decision = self._decision(loaded, label)
        columns, values = self._fetch(loaded, decision)
        if self.files and self.sql is None:
            self._check_suspects(loaded, columns, form, decision.texts)
        self._tell_of_large(columns, values)
        self._tell_of_empty_rows(loaded, values)
        report = TableReport(
            label,
            format_,
            delimiter,
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

    def _choose(self, names: Sequence[str]) -> Sequence[str]:
        """Those of a file's columns that are read; the rules then speak of its own names."""
        rules = self.rules
        self.rules = rules.named(names)
        named = [] if self.files and self.sql is not None else self.rules.mentioned
        kept, notices = self.choice.of(names, named, self.label)
        self.notices += notices
        self.unread[:] = [name for name in names if name not in kept]
        return kept

    def _load(self, format_: str, form: TextForm) -> Loaded:
        def choose(names: Sequence[str]) -> Sequence[str]:
            if self.sql is None:
                return self._choose(names)
            self.rules = self.rules.named(names)
            check_present(self.rules.mentioned, names, self.label)
            return names

        rules = self.rules
        others = {name for name, kind in rules.expect.items() if kind != "number"}
        options = TextOptions(
            form.delimiter,
            form.header is not False,
            form.encoding,
            self.sql is None,
            rules.conditions.given,
            rules.text | others | {*rules.dates, *rules.numbers} | rules.exact,
        )
        for file in self.files:
            if os.path.getsize(file.path) == 0:
                raise TableFileError(
                    f"{file.name} is empty.", "It needs a header and at least one row."
                )
        paths = [file.path for file in self.files]
        names = [file.name for file in self.files]
        if format_ == "json":
            return load_json(self.connection, paths, names, choose)
        if format_ == "parquet":
            return load_parquet(self.connection, paths, names, choose)
        return load_text(self.connection, paths, names, options, choose, self.notices)

    def _decision(self, loaded: Loaded, label: str) -> Decision:
        location = partial(location_of, loaded.parts)
        connection, notices = self.connection, self.notices
        return Decision(connection, self.rules, label, location, notices, loaded.delimiter)

    def _make_data(self, loaded: Loaded, form: TextForm) -> None:
        """The table `data` for the query; then the rules are about the query's result."""
        mine = self.rules
        self.rules = replace(mine, expect={})
        folded: dict[str, str] = {}
        for column in loaded.columns:
            other = folded.setdefault(column.name.casefold(), column.name)
            if other != column.name:
                raise TableFileError(
                    f"columns {other!r} and {column.name!r} differ only in case, which SQL does "
                    "not see.",
                    "Rename one of them.",
                )
        decision = self._decision(loaded, self.label)
        decided = decision.columns(loaded.columns)
        self._check_suspects(loaded, decided, form, decision.texts)
        listed = ", ".join(f"{_in_sql(column)} AS {quoted(column.name)}" for column in decided)
        self.connection.rows(f"CREATE TEMP TABLE data AS SELECT {listed} FROM raw")
        self.rules = replace(mine, text=frozenset(), dates={}, numbers={})

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

    def _check_suspects(
        self, loaded: Loaded, columns: Sequence[TypedColumn], form: TextForm, texts: Texts
    ) -> None:
        """Refuse what a text file seems to hold and does not; of several files, in none."""
        if len(loaded.sources) != 1:
            return
        (source,) = loaded.sources
        notice = whole_names_notice(source) if form.header is None else None
        self.notices += [notice] if notice else []
        location = partial(location_of, loaded.parts)
        vouched = self.rules.text | set(self.rules.expect)
        ids = {c.name: c.id for c in loaded.columns if c.name not in loaded.numbers}
        numbers = loaded.numbers
        suspects = Suspects(texts, source, columns, ids, numbers, frozenset(vouched), location)
        suspects.refuse(header_is_sure=form.header is not None)
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
        raise TableFileError(f"{label} {what}.")


def _in_sql(column: TypedColumn) -> str:
    """The value as a query sees it: with the zone UTC where it is an instant."""
    return f"({column.expression}) AT TIME ZONE 'UTC'" if column.zone else column.expression


def _run(connection: Connection, sql: str, choose: Choose) -> Loaded:
    query = sql.strip().rstrip(";")
    if not connection.is_one_select(query):
        raise TableFileError("the query must be one SELECT.")
    described = connection.names_and_types(query)
    names = [name for name, _ in described]
    for name in names:
        if names.count(name) > 1:
            raise TableFileError(
                f"the query has two columns named {name!r}.", "Rename one of them with AS."
            )
    return load_query(connection, query, described, choose)


def _n_missing(values: Array) -> int:
    return int(missing_cells(values).sum())
