"""A table from a file: CSV and its relatives, Parquet, JSON, or an SQL query over any of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence

from chainrule.errors import TableFileError
from chainrule.table.read.choice import Choice
from chainrule.table.read.connection import connect
from chainrule.table.read.file_table import FileTable
from chainrule.table.read.grammar import Conditions
from chainrule.table.read.paths import STDIN, find_paths
from chainrule.table.read.query_tables import QueryTables
from chainrule.table.read.reading import Reading, TextForm
from chainrule.table.read.rules import Rules
from chainrule.table.read.unpack import unpack


def read_table(
    source: str | os.PathLike[str] | Sequence[str] | None = None,
    *,
    sql: str | None = None,
    delimiter: str | None = None,
    header: bool | None = None,
    encoding: str | None = None,
    missing: Sequence[str] = (),
    text: Sequence[str] = (),
    ignore: Sequence[str] = (),
    columns: Sequence[str] | None = None,
    expect: Mapping[str, str] | None = None,
    dates: Mapping[str, str] | None = None,
    numbers: Mapping[str, str] | None = None,
    exact: Sequence[str] = (),
    keep_index: bool = False,
    table: str | None = None,
    glob: bool = False,
) -> FileTable:
    """Read a table from a file, without a guess: types are decided on all rows.

    Parameters
    ----------
    source : path or sequence of paths, optional
        CSV (and TSV), Parquet (.parquet, .pq), JSON (.json, .jsonl, .ndjson), Excel (.xlsx) or
        SQLite (.sqlite, .db), also compressed (.gz, .zst, .bz2, .xz, .zip); "-" is standard input.
        Several files need the same header.
    sql : str, optional
        One SELECT, run with the rights of the caller; `source` is its table `data`. Each file is
        also a table of the name before its ending, and each table of a database, or sheet of a
        workbook, one of its own name.
    delimiter : str, optional
        One character, "tab" or "spaces"; found by parsing the whole file when None.
    header : bool, optional
        Whether the first line holds the names; if False they are column1, column2, ... By default
        it does, and is refused where it looks like data.
    encoding : str, optional
        Default UTF-8, or UTF-16 where the file says so.
    missing : sequence of str
        Tokens that mean missing, beside the empty field and NA; in numeric columns also N/A, NaN,
        nan, null, NULL and None.
    text : sequence of str
        Columns to read as text whatever they hold; NA is a value there like any other.
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
    numbers : mapping of str to str, optional
        Column -> an example of how its numbers are written, where the values do not tell:
        "1.234,56", "$1,000" or "1234.5".
    exact : sequence of str
        Columns to read as text where they hold whole numbers from 2**53 on, which are names.
    keep_index : bool, default False
        Whether a column that is the index of a data frame (without a name, or called
        `__index_level_0__`) is read, too.
    table : str, optional
        Which sheet of a workbook or table of a database is meant.
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
        When a package is missing: duckdb, or openpyxl for a workbook.
    """
    if isinstance(missing, str) or isinstance(text, str) or isinstance(ignore, str):
        raise TableFileError(
            "missing, text and ignore are lists of strings, found a string.",
            "Put it into brackets: ['?'].",
        )
    if source is None and sql is None:
        raise TableFileError("there is nothing to read.", "Name a file or give a query.")
    rules = Rules(
        Conditions(missing),
        frozenset(text),
        dict(expect or {}),
        dict(dates or {}),
        dict(numbers or {}),
        frozenset(exact),
    )
    chosen = Choice(tuple(ignore), columns if columns is None else tuple(columns), keep_index)
    paths = [] if source is None else find_paths(source, glob)
    form = TextForm(delimiter, header, encoding)
    with connect([path for path in paths if path != STDIN], closed=sql is None) as connection:
        if sql is not None:
            return QueryTables(connection, paths, rules, form, table).run(sql, chosen)
        files = [unpack(connection, path, table) for path in paths]
        return Reading(connection, files, form, rules, chosen).run()
