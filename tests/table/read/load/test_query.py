"""The result of an SQL query as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.connection import connect
from chainrule.table.read.load.query import load_query
from chainrule.table.read.reader import read_table
from reading import PENGUINS


def test_sql(tmp_path: Path) -> None:
    table = read_table(PENGUINS, sql="SELECT island, count(*) AS n FROM data GROUP BY 1 ORDER BY 1")
    assert table["island"].tolist() == ["Biscoe", "Dream", "Torgersen"]
    assert table["n"].tolist() == [168, 124, 52]
    assert read_table(sql="SELECT 1 AS a")["a"].tolist() == [1]
    for query, message in [
        (f"COPY data TO '{tmp_path}/x.csv'", "one SELECT"),
        ("SELECT 1 AS a; SELECT 2 AS a", "one SELECT"),
        ("SELECT 1 AS a, 2 AS a", "two columns named 'a'"),
        ("SELEC 1", "DuckDB could not read"),
        ("SELECT * FROM data WHERE year < 0", "no rows"),
    ]:
        with pytest.raises(TableFileError, match=message):
            read_table(PENGUINS, sql=query)
    assert not (tmp_path / "x.csv").exists()


def test_a_query_states_its_types() -> None:
    query = "SELECT 1 AS a, 'x' AS b"
    with connect([]) as connection:
        described = connection.names_and_types(query)
        loaded = load_query(connection, query, described, lambda names: names[1:])
    assert [(c.name, c.type, c.stated) for c in loaded.columns] == [("b", "VARCHAR", True)]
    assert loaded.parts[0].n_rows == 1
