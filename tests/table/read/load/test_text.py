"""CSV and its relatives as text columns."""

from __future__ import annotations

from pathlib import Path

from chainrule.table.read.connection import connect
from chainrule.table.read.load.text import TextOptions, load_text
from reading import read, write


def test_no_header(tmp_path: Path) -> None:
    table = read(tmp_path, "2007,x\n2008,y\n", header=False)
    assert table["column1"].tolist() == [2007, 2008]
    assert table.line_numbers.tolist() == [1, 2]
    assert "--no-header" in read(tmp_path, "2007,2008\n1,2\n").report.notices[0]


def test_numbers_stay_out_of_duckdb(tmp_path: Path) -> None:
    path = str(write(tmp_path, "a,b,c\n1,x,3\n2,y,4\n"))
    options = TextOptions(None, True, None, True, (), frozenset({"c"}))
    with connect([path]) as connection:
        loaded = load_text(connection, [path], ["t.csv"], options, lambda names: names, [])
        left = connection.names_and_types("SELECT * FROM raw")
    assert [column.name for column in loaded.columns] == ["a", "b", "c"]
    assert loaded.numbers["a"].tolist() == [1.0, 2.0] and set(loaded.numbers) == {"a"}
    assert left == [("c1", "VARCHAR"), ("c2", "VARCHAR")]
