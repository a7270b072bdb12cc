"""JSON as the DuckDB table `raw`: an array of objects, or one object a line."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, exact_path, literal
from chainrule.table.read.file_table import Part, location_of
from chainrule.table.read.load.loaded import Choose, Loaded
from chainrule.table.read.names import check_header
from chainrule.table.read.raw_column import RawColumn

_AS_RECORDS = (
    "A table in JSON is an array of objects, or one object a line; pandas writes the first with "
    "to_json(path, orient='records')."
)


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
    for index, name in enumerate(header):
        if name in chosen:
            pointer = literal("/" + name.replace("~", "~0").replace("/", "~1"))
            value, stated = _json_value(connection, name, pointer, tuple(parts))
            values.append(f"{value} AS c{index}")
            type_ = "BOOLEAN" if "BOOLEAN" in value else "VARCHAR"
            columns.append(RawColumn(name, f"c{index}", type_, stated))
    listed = ", ".join(values) or "NULL AS nothing"
    connection.rows(f"CREATE TEMP TABLE raw AS SELECT {listed} FROM objects")
    return Loaded(tuple(columns), tuple(parts))


def _is_whole_table(connection: Connection, parts: tuple[Part, ...]) -> bool:
    """Whether every file is one object of objects and arrays: columns, or rows by their names."""
    found = connection.rows(
        "SELECT bool_and(coalesce(json_type(v), '') IN ('OBJECT', 'ARRAY')) FROM "
        "(SELECT unnest(json_extract(j, '$.*')) AS v FROM objects)"
    )
    return all(part.n_rows == 1 for part in parts) and bool(found[0][0])


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
            _AS_RECORDS,
        )


def _json_value(
    connection: Connection, name: str, pointer: str, parts: tuple[Part, ...]
) -> tuple[str, bool]:
    """SQL for a key's value, and whether JSON states its type; texts are left to the grammar."""
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
            row = types[nested]
            raise TableFileError(
                f"{location_of(parts, row)}, key {name!r} holds an {nested.lower()}; "
                "a table's cells are numbers, text or booleans.",
                _AS_RECORDS
                if _is_whole_table(connection, parts)
                else f"Leave the column out with --ignore {shlex.quote(name)}.",
            )
    if "BOOLEAN" in types and len(types) > 1:
        raise TableFileError(
            f"{location_of(parts, types['BOOLEAN'])}, key {name!r}: found a boolean, while "
            "other values of the key are none.",
            "Write all of its values as true and false, or all as numbers or text.",
        )
    if "BOOLEAN" in types:
        return f"CAST({text} AS BOOLEAN)", True
    return f"NULLIF({text}, '')", False
