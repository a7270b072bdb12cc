"""What reading a file gives: columns by name, and where each row stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from chainrule.table.read.file_table import Part, location_of
from chainrule.table.read.reader import read_table
from reading import read


def test_a_row_in_the_second_file() -> None:
    parts = (
        Part("a.csv", 2, "line", np.array([2, 4])),
        Part("b.json", 1, "record", np.array([1])),
    )
    found = [location_of(parts, row) for row in range(3)]
    assert found == ["a.csv, line 2", "a.csv, line 4", "b.json, record 1"]


def test_a_mapping_in_the_order_of_the_file(tmp_path: Path) -> None:
    table = read(tmp_path, "b,a,c\n1,2,x\n")
    assert (list(table), len(table), table.n_rows) == (["b", "a", "c"], 3, 1)
    rest = table.without("a")
    assert list(rest) == ["b", "c"] and rest.report is table.report
    assert table.location(0) == "t.csv, line 2"


def test_some_rows_stand_where_they_stood(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.csv").write_text("d,x\n2020-01-31T00:00Z,1\n2020-02-01T00:00Z,2\n")
    table = read_table(tmp_path / "*.csv", glob=True)
    taken = table.take(np.array([3, 0, 1]))
    assert taken["x"].tolist() == [2.0, 1.0, 2.0] and taken.n_rows == 3
    assert taken.zones == table.zones == {"d": "UTC"}
    found = [taken.location(row) for row in range(3)]
    assert found == ["b.csv, line 3", "a.csv, line 2", "a.csv, line 3"]
    assert table.take(slice(1)).location(0) == "a.csv, line 2"
    assert table.take(np.array([], int)).n_rows == 0
