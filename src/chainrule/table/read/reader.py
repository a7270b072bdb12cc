"""A table from a file: CSV and its relatives, Parquet, JSON, or an SQL query over any of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, connect, quoted
from chainrule.table.read.file_table import (
    Array,
    ColumnReport,
    FileTable,
    Part,
    TableReport,
    location_of,
)
from chainrule.table.read.grammar import Conditions
from chainrule.table.read.kinds import Decision, Rules
from chainrule.table.read.load.json import load_json
from chainrule.table.read.load.loaded import Choose, Loaded
from chainrule.table.read.load.parquet import load_parquet
from chainrule.table.read.load.query import load_query
from chainrule.table.read.load.text import TextOptions, load_text
from chainrule.table.read.names import check_present
from chainrule.table.read.paths import find_paths, format_of
from chainrule.table.read.raw_column import TypedColumn, fetch

_EXACT = 2.0**53


def read_table(
    source: str | os.PathLike[str] | None = None,
    *,
    sql: str | None = None,
    delimiter: str | None = None,
    header: bool = True,
    encoding: str | None = None,
    missing: Sequence[str] = (),
    text: Sequence[str] = (),
    ignore: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    expect: Mapping[str, str] | None = None,
    dates: Mapping[str, str] | None = None,
    glob: bool = False,
) -> FileTable:
    """Read a table from a file, without a guess: types are decided on all rows.

    Parameters
    ----------
    source : path, optional
        CSV (and TSV), Parquet (.parquet, .pq) or JSON (.json, .jsonl, .ndjson).
    sql : str, optional
        One SELECT, run with the rights of the caller; `source` is its table `data`.
    delimiter : str, optional
        One character, or "tab"; found by parsing the whole file when None.
    header : bool, default True
        Whether the first line holds the names; else they are column1, column2, ...
    encoding : str, optional
        Default UTF-8, or UTF-16 where the file says so.
    missing : sequence of str
        Tokens that mean missing, beside the empty field and NA; in numeric columns also N/A, NaN,
        nan, null, NULL and None.
    text : sequence of str
        Columns to read as text whatever they hold.
    ignore : sequence of str
        Columns to leave out.
    columns : sequence of str, optional
        Read only these, in the order of the file.
    expect : mapping of str to str, optional
        Column -> "number", "text", "boolean", "datetime", "time" or "duration"; a value of
        another kind is refused.
    dates : mapping of str to str, optional
        Column -> how its dates, times of day or durations are spelled, where the values do not
        tell: "%d/%m/%Y", "duration" or any other format of strptime.
    glob : bool, default False
        Take `source` for a pattern such as "2024-*.csv", of files with the same header.

    Returns
    -------
    FileTable

    Raises
    ------
    TableFileError
        Naming file, line, column and value, and what to do about it.
    ChainruleError
        When the package duckdb is missing.
    """
    if isinstance(missing, str) or isinstance(text, str) or isinstance(ignore, str):
        raise TableFileError("missing, text and ignore are lists of strings, found a string.")
    if source is None and sql is None:
        raise TableFileError("there is nothing to read.", "Name a file or give a query.")
    paths = [] if source is None else find_paths(os.fspath(source), glob)
    names = [os.path.basename(path) or path for path in paths]
    label = names[0] if len(names) == 1 else f"{len(names)} files" if names else "the query"
    notices: list[str] = []
    unread: list[str] = []
    rules = Rules(Conditions(missing), frozenset(text), dict(expect or {}), dict(dates or {}))

    # With a file and a query, `text` is about the file's columns and the rest about the result.
    text_is_done = bool(paths) and sql is not None

    def choose(header_names: Sequence[str]) -> Sequence[str]:
        wanted = [*ignore, *(columns or ()), *(() if text_is_done else (*text, *rules.dates))]
        check_present(wanted, header_names, label)
        if not header_names:
            raise TableFileError(f"{label} has no rows.")
        kept = set(header_names if columns is None else columns) - set(ignore)
        if not kept:
            raise TableFileError(f"no column of {label} is left to read.")
        unread[:] = [name for name in header_names if name not in kept]
        return [name for name in header_names if name in kept]

    format_ = format_of(paths)
    with connect(paths, closed=sql is None) as connection:
        if paths:
            others = {name for name, kind in rules.expect.items() if kind != "number"}
            options = TextOptions(
                delimiter,
                header,
                encoding,
                sql is None,
                missing,
                rules.text | others | set(rules.dates),
            )
            choose_now: Choose = choose if sql is None else lambda found: found
            loaded = _load(connection, format_, paths, names, options, choose_now, notices)
            check_rows(loaded.parts, label, header and format_ == "csv")
        if sql is not None:
            if paths:
                there = [column.name for column in loaded.columns]
                check_present([*text, *rules.dates], there, label)
                open_rules = replace(rules, expect={})
                location = partial(location_of, loaded.parts)
                _make_data(Decision(connection, open_rules, label, location, notices), loaded)
                rules = replace(rules, text=frozenset(), dates={})
            format_, label = "sql", "the result of the query"
            loaded = _run(connection, sql, choose)
            check_rows(loaded.parts, label, False)
        parts = loaded.parts
        location = partial(location_of, parts)
        in_raw = [column for column in loaded.columns if column.name not in loaded.numbers]
        decided = Decision(connection, rules, label, location, notices).columns(in_raw)
        fetched = zip(decided, fetch(connection, decided), strict=True)
    plain = (TypedColumn(name, "number", "") for name in loaded.numbers)
    known = {c.name: (c, a) for c, a in zip(plain, loaded.numbers.values(), strict=True)}
    known |= {column.name: (column, array) for column, array in fetched}
    values: dict[str, Array] = {}
    reports = []
    for raw_column in loaded.columns:
        column, array = known[raw_column.name]
        kind, missing_count = column.kind, _n_missing(array)
        values[column.name] = array
        reports.append(ColumnReport(column.name, kind, missing_count, column.zone, column.format))
        if kind == "number" and np.nanmax(np.abs(array), initial=0.0) >= _EXACT:
            notices.append(
                f"column {column.name!r} holds whole numbers from 2**53 on, which are rounded; "
                f"if it is a name rather than a quantity say --text {column.name!r}."
            )
    report = TableReport(
        label,
        format_,
        loaded.delimiter,
        sum(part.n_rows for part in parts),
        tuple(reports),
        tuple(notices),
        tuple(unread),
    )
    return FileTable(values, report, parts)


def check_rows(parts: Sequence[Part], label: str, has_header: bool) -> None:
    """Raise `TableFileError` for a table without rows."""
    if not any(part.n_rows for part in parts):
        what = "has a header and no rows" if has_header else "has no rows"
        raise TableFileError(f"{label} {what}.")


def _load(
    connection: Connection,
    format_: str,
    paths: Sequence[str],
    names: Sequence[str],
    options: TextOptions,
    choose: Choose,
    notices: list[str],
) -> Loaded:
    for path, name in zip(paths, names, strict=True):
        if os.path.getsize(path) == 0:
            raise TableFileError(f"{name} is empty.", "It needs a header and at least one row.")
    if format_ == "json":
        return load_json(connection, paths, names, choose)
    if format_ == "parquet":
        return load_parquet(connection, paths, names, choose)
    return load_text(connection, paths, names, options, choose, notices)


def _make_data(decision: Decision, loaded: Loaded) -> None:
    """The table `data` for a query, with the columns' own names and decided types."""
    folded: dict[str, str] = {}
    for column in loaded.columns:
        other = folded.setdefault(column.name.casefold(), column.name)
        if other != column.name:
            raise TableFileError(
                f"columns {other!r} and {column.name!r} differ only in case, which SQL does "
                "not see.",
                "Rename one of them.",
            )
    decided = decision.columns(loaded.columns)
    listed = ", ".join(f"{_in_sql(column)} AS {quoted(column.name)}" for column in decided)
    decision.connection.rows(f"CREATE TEMP TABLE data AS SELECT {listed} FROM raw")


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
    if values.dtype.kind == "f":
        return int(np.isnan(values).sum())
    if values.dtype.kind in "mM":
        return int(np.isnat(values).sum())
    if values.dtype.kind == "O":
        return sum(value is None for value in values)
    return 0
