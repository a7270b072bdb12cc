"""Values from DuckDB in the types that a report promises."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from chainrule.table.read.connection import connect
from chainrule.table.read.raw_column import TypedColumn, fetch
from reading import read


def test_missing_values_have_the_marker_of_their_kind() -> None:
    kinds = {
        "number": "1.5",
        "text": "'x'",
        "boolean": "true",
        "datetime": "TIMESTAMP '2020-01-02'",
    }
    with connect([]) as connection:
        connection.rows("CREATE TEMP TABLE raw AS SELECT unnest([1, 2]) AS row")
        columns = [
            TypedColumn(kind, kind, f"CASE WHEN row = 1 THEN {value} END")
            for kind, value in kinds.items()
        ]
        number, text, boolean, datetime = fetch(connection, columns)
        full = fetch(connection, [TypedColumn("b", "boolean", "row = 1")])[0]
    np.testing.assert_array_equal(number, [1.5, np.nan])
    assert text.tolist() == ["x", None]
    assert boolean.tolist() == [True, None]
    assert datetime[0] == np.datetime64("2020-01-02") and np.isnat(datetime[1])
    assert full.dtype == bool


def test_many_columns(tmp_path: Path) -> None:
    names = [f"c{at}" for at in range(450)]
    lines = [",".join(f"{row}.{at}" for at in range(450)) for row in range(3)]
    table = read(tmp_path, "\n".join([",".join(names), *lines]) + "\n")
    assert list(table) == names
    assert table["c449"].tolist() == [0.449, 1.449, 2.449]
