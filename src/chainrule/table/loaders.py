"""Each file format as the DuckDB table `raw`, in which columns have ids instead of names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.connection import Connection, exact_path, literal
from chainrule.table.dialect import find_delimiter, read_query
from chainrule.table.file_table import Array, Part, place_of
from chainrule.table.kinds import RawColumn
from chainrule.table.names import check_header
from chainrule.table.plain_numbers import read_plain_numbers
from chainrule.table.text_file import TextFile, open_text

# From the names in a file to those that are read, in the file's order.
Choose = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Loaded:
    """What a loader put into `raw`.

    Attributes
    ----------
    columns : tuple of RawColumn
        Those that were asked for, in the order of the file.
    parts : tuple of Part
    delimiter : str or None
    numbers : mapping of str to ndarray
        Columns, by name, that are read already and are not in `raw`.
    """

    columns: tuple[RawColumn, ...]
    parts: tuple[Part, ...]
    delimiter: str | None = None
    numbers: Mapping[str, Array] = field(default_factory=dict)


@dataclass(frozen=True)
class TextOptions:
    """What the caller says about text files; see `read_table`.

    Attributes
    ----------
    plain : bool
        Whether columns of numbers may stay out of the table `raw`.
    missing : sequence of str
    no_numbers : frozenset of str
        Columns that are something else whatever they hold.
    """

    delimiter: str | None
    header: bool
    encoding: str | None
    plain: bool
    missing: Sequence[str]
    no_numbers: frozenset[str]


def load_text(
    connection: Connection,
    paths: Sequence[str],
    names: Sequence[str],
    options: TextOptions,
    choose: Choose,
    notices: list[str],
) -> Loaded:
    """CSV and its relatives, as text columns."""
    header: list[str] = []
    columns: tuple[RawColumn, ...] = ()
    parts: list[Part] = []
    numbers: dict[str, Array] = {}
    n_rows = 0
    delimiter = ","
    for path, name in zip(paths, names, strict=True):
        file = open_text(path, name, options.encoding, connection.folder)
        delimiter, fields = find_delimiter(
            connection, file, options.delimiter, header=options.header
        )
        found = _header(file, fields, options.header, notices)
        if not columns:
            header = found
            chosen = set(choose(header))
            columns = tuple(RawColumn(c, f"c{at}") for at, c in enumerate(header) if c in chosen)
        elif found != header:
            raise TableFileError(
                f"{name} has other columns than {names[0]}.",
                "Files read together need the same header.",
            )
        if options.plain and len(paths) == 1:
            numbers = _plain_numbers(file, delimiter, columns, len(header), options)
        in_raw = [column.id for column in columns if column.name not in numbers]
        listed = ", ".join(in_raw) or "NULL AS nothing"
        query = read_query(file, delimiter, len(header), header=options.header)
        start = "INSERT INTO raw" if parts else "CREATE TEMP TABLE raw AS"
        connection.rows(f"{start} SELECT {listed} FROM ({query})")
        total = connection.rows("SELECT count(*) FROM raw")[0][0]
        parts.append(_part(file, total - n_rows, len(header), options.header, notices))
        n_rows = total
    assert all(len(values) == n_rows for values in numbers.values())
    return Loaded(columns, tuple(parts), delimiter, numbers)


def _plain_numbers(
    file: TextFile,
    delimiter: str,
    columns: Sequence[RawColumn],
    width: int,
    options: TextOptions,
) -> dict[str, Array]:
    """Columns of numbers, by name."""
    names = {int(c.id[1:]): c.name for c in columns if c.name not in options.no_numbers}
    found = read_plain_numbers(
        file, delimiter, width, list(names), options.missing, header=options.header
    )
    return {names[place]: values for place, values in found.items()}


def _header(file: TextFile, fields: list[str], header: bool, notices: list[str]) -> list[str]:
    if not header:
        return [f"column{place}" for place in range(1, len(fields) + 1)]
    check_header(fields, f"{file.name}, line 1")
    if all(field.replace(".", "", 1).isdigit() for field in fields):
        notices.append(
            f"the first line of {file.name} holds only numbers and is taken for the names; "
            "say --no-header if it is data."
        )
    return fields


def _part(file: TextFile, n_rows: int, width: int, header: bool, notices: list[str]) -> Part:
    numbers = file.line_numbers(n_rows + header, blank_counts=width == 1)[int(header) :]
    n_blank = file.n_blank_lines() if file.n_line_ends > n_rows + header else 0
    if n_blank and width > 1:
        lines = "line" if n_blank == 1 else "lines"
        notices.append(f"{file.name} has {n_blank} blank {lines}, left out.")
    return Part(file.name, n_rows, "line", numbers)


def load_json(
    connection: Connection, paths: Sequence[str], names: Sequence[str], choose: Choose
) -> Loaded:
    """JSON: an array of objects, or one object a line; their keys are the columns."""
    parts: list[Part] = []
    n_rows = 0
    for path, name in zip(paths, names, strict=True):
        start = "INSERT INTO objects" if parts else "CREATE TEMP TABLE objects AS"
        connection.rows(
            f"{start} SELECT j FROM read_json({exact_path(path)}, columns={{j: 'JSON'}}, "
            "records='false', auto_detect=false, format='auto')"
        )
        total = connection.rows("SELECT count(*) FROM objects")[0][0]
        parts.append(Part(name, total - n_rows, "record", np.arange(1, total - n_rows + 1)))
        n_rows = total
        _check_objects(connection, name, total - parts[-1].n_rows)
    keys = connection.rows(
        "SELECT key FROM (SELECT unnest(json_keys(j)) AS key, rowid AS r, "
        "generate_subscripts(json_keys(j), 1) AS k FROM objects) "
        "GROUP BY key ORDER BY min(r * 100000 + k)"
    )
    header = [str(key) for (key,) in keys]
    if header:
        check_header(header, names[0])
    chosen = set(choose(header))
    columns, values = [], []
    for at, name in enumerate(header):
        if name in chosen:
            pointer = literal("/" + name.replace("~", "~0").replace("/", "~1"))
            value, stated = _json_value(connection, name, pointer, tuple(parts))
            values.append(f"{value} AS c{at}")
            type_ = "BOOLEAN" if "BOOLEAN" in value else "VARCHAR"
            columns.append(RawColumn(name, f"c{at}", type_, stated))
    listed = ", ".join(values) or "NULL AS nothing"
    connection.rows(f"CREATE TEMP TABLE raw AS SELECT {listed} FROM objects")
    return Loaded(tuple(columns), tuple(parts))


def _check_objects(connection: Connection, name: str, start: int) -> None:
    fault = connection.rows(
        f"SELECT rowid, json_type(j) FROM objects WHERE rowid >= {start} AND "
        "(json_type(j) <> 'OBJECT' OR len(json_keys(j)) <> len(list_distinct(json_keys(j)))) "
        "ORDER BY rowid LIMIT 1"
    )
    if fault:
        row, kind = fault[0]
        what = "is no object" if kind != "OBJECT" else "has the same key twice"
        raise TableFileError(
            f"{name}, record {row - start + 1} {what}.",
            "A table in JSON is an array of objects, or one object a line.",
        )


def _json_value(
    connection: Connection, name: str, pointer: str, parts: tuple[Part, ...]
) -> tuple[str, bool]:
    """SQL for a key's value, and whether JSON states its type; numbers are left to the grammar."""
    text = f"json_extract_string(j, {pointer})"
    types = {
        str(kind): int(row)
        for kind, row in connection.rows(
            f"SELECT coalesce(json_type(j, {pointer}), 'NULL') AS t, min(rowid) "
            "FROM objects GROUP BY t"
        )
        if kind != "NULL"
    }
    for nested in ("OBJECT", "ARRAY"):
        if nested in types:
            raise TableFileError(
                f"{place_of(parts, types[nested])}, key {name!r} holds an {nested.lower()}; "
                "a table's cells are numbers, text or booleans.",
                f"Leave the column out with --ignore {name!r}.",
            )
    if "BOOLEAN" in types and len(types) > 1:
        raise TableFileError(
            f"{place_of(parts, types['BOOLEAN'])}, key {name!r}: found a boolean, while "
            "other values of the key are none."
        )
    if "BOOLEAN" in types:
        return f"CAST({text} AS BOOLEAN)", True
    return f"NULLIF({text}, '')", set(types) == {"VARCHAR"}


def load_parquet(
    connection: Connection, paths: Sequence[str], names: Sequence[str], choose: Choose
) -> Loaded:
    """Parquet, with the types that the file states."""
    listed = ", ".join(exact_path(path) for path in paths)
    source = f"SELECT * FROM read_parquet([{listed}])"
    described = connection.names_and_types(source)
    header = [name for name, _ in described]
    stored = {
        str(name) for (name,) in connection.rows(f"SELECT name FROM parquet_schema([{listed}])")
    }
    for name in header:
        if name not in stored:
            raise TableFileError(
                f"{names[0]} has columns whose names differ only in case "
                f"({name.rsplit('_', 1)[0]!r}).",
                "Rename one of them.",
            )
    check_header(header, names[0])
    loaded = load_query(connection, source, described, choose)
    parts = []
    for path, name in zip(paths, names, strict=True):
        count = connection.rows(f"SELECT count(*) FROM read_parquet({exact_path(path)})")[0][0]
        parts.append(Part(name, count, "row", np.arange(count)))
    return Loaded(loaded.columns, tuple(parts))


def load_query(
    connection: Connection, query: str, described: list[tuple[str, str]], choose: Choose
) -> Loaded:
    """The result of a query, with its types."""
    chosen = set(choose([name for name, _ in described]))
    columns = tuple(
        RawColumn(name, f"c{at}", type_, stated=True)
        for at, (name, type_) in enumerate(described)
        if name in chosen
    )
    ids = ", ".join(f"c{at}" for at in range(len(described)))
    listed = ", ".join(column.id for column in columns) or "NULL AS nothing"
    connection.rows("DROP TABLE IF EXISTS raw")
    connection.rows(f"CREATE TEMP TABLE raw AS SELECT {listed} FROM ({query}) AS q({ids})")
    count = connection.rows("SELECT count(*) FROM raw")[0][0]
    part = Part("the result of the query", count, "row", np.arange(count))
    return Loaded(columns, (part,))
