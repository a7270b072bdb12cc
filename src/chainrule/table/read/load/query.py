"""The result of an SQL query as the DuckDB table `raw`, with its types."""

from __future__ import annotations

import numpy as np

from chainrule.table.read.connection import Connection
from chainrule.table.read.file_table import Part
from chainrule.table.read.load.loaded import Choose, Loaded
from chainrule.table.read.raw_column import RawColumn


def load_query(
    connection: Connection, query: str, described: list[tuple[str, str]], choose: Choose
) -> Loaded:
    """The result of a query, with its types."""
    chosen = set(choose([name for name, _ in described]))
    columns = tuple(
        RawColumn(name, f"c{index}", type_, stated=True)
        for index, (name, type_) in enumerate(described)
        if name in chosen
    )
    ids = ", ".join(f"c{index}" for index in range(len(described)))
    listed = ", ".join(column.id for column in columns) or "NULL AS nothing"
    connection.rows(f"CREATE TEMP TABLE raw AS SELECT {listed} FROM ({query}) AS q({ids})")
    count = connection.rows("SELECT count(*) FROM raw")[0][0]
    part = Part("the result of the query", count, "row", np.arange(count))
    return Loaded(columns, (part,))
