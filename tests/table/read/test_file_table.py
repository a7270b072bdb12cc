"""What reading a file gives: columns by name, and where each row stands."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from chainrule.table.read.file_table import Part, location_of
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
