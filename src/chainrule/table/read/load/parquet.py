"""Parquet files as the DuckDB table `raw`, with the types that the files state."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, exact_path
from chainrule.table.read.file_table import Part
from chainrule.table.read.load.loaded import Choose, Loaded
from chainrule.table.read.load.query import load_query
from chainrule.table.read.names import check_header


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
    loaded = load_query(connection, source, described, choose)
    parts = []
    for path, name in zip(paths, names, strict=True):
        count = connection.rows(f"SELECT count(*) FROM read_parquet({exact_path(path)})")[0][0]
        parts.append(Part(name, count, "row", np.arange(count)))
    return Loaded(loaded.columns, tuple(parts))
