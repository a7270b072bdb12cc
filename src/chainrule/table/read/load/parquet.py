"""Parquet files as the DuckDB table `raw`, with the types that the files state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, exact_path, quoted
from chainrule.table.read.file_table import Part
from chainrule.table.read.load.arrow_schema import ArrowType, arrow_types
from chainrule.table.read.load.loaded import Choose, Loaded
from chainrule.table.read.load.query import load_query
from chainrule.table.read.names import check_header
from chainrule.table.zones import UTC, zone_name


def load_parquet(
    connection: Connection, paths: Sequence[str], names: Sequence[str], choose: Choose
) -> Loaded:
    """Parquet, with the types that the file states.

    Raises `TableFileError` for a file that cannot be read, and for column names that differ only in
    case.
    """
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
    arrow = _arrow_types(connection, paths[0])
    spans = {name: known.per_second for name, known in arrow.items() if known.per_second}
    if spans:  # which Parquet knows as whole numbers
        listed_spans = ", ".join(
            f"{_as_span(quoted(name), per_second)} AS {quoted(name)}"
            for name, per_second in spans.items()
        )
        source = source.replace("*", f"* REPLACE ({listed_spans})", 1)
        described = connection.names_and_types(source)
    loaded = load_query(connection, source, described, choose)
    columns = tuple(
        replace(column, zone=zone_name(arrow[column.name].zone or UTC))
        if column.name in arrow and column.is_instant
        else column
        for column in loaded.columns
    )
    parts = []
    for path, name in zip(paths, names, strict=True):
        count = connection.rows(f"SELECT count(*) FROM read_parquet({exact_path(path)})")[0][0]
        parts.append(Part(name, count, "row", np.arange(count)))
    return Loaded(columns, tuple(parts))


def _arrow_types(connection: Connection, path: str) -> dict[str, ArrowType]:
    found = connection.rows(
        f"SELECT value FROM parquet_kv_metadata({exact_path(path)}) "
        "WHERE decode(key) = 'ARROW:schema'"
    )
    return arrow_types(bytes(found[0][0])) if found else {}


def _as_span(number: str, per_second: int) -> str:
    """An INTERVAL from a whole number of units."""
    if per_second > 1_000_000:
        return f"to_microseconds({number} // {per_second // 1_000_000})"
    return f"to_microseconds({number} * {1_000_000 // per_second})"
