"""The tables of a query: files under their stems, tables of databases and sheets by name."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from reading import kinds, write

PEOPLE = "id,age,iso\n1,20,NA\n2,30,DE\n3,40,FR\n"
ORDERS = "id;price\n1;$1\n1;$2.50\n3;$3\n"
JOINED = "SELECT age, sum(price) AS spent FROM people JOIN orders USING (id) GROUP BY 1 ORDER BY 1"


def query(folder: Path, sql: str, *names: str, **options: Any) -> Any:
    return read_table([str(folder / name) for name in names], sql=sql, **options)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, PEOPLE, "people.csv")
    write(tmp_path, ORDERS, "orders.2024.csv")
    with sqlite3.connect(tmp_path / "shop.db") as base:
        base.execute("CREATE TABLE orders (id, price)")
        base.executemany("INSERT INTO orders VALUES (?, ?)", [(1, 3.5), (3, 3.0)])
        base.execute('CREATE TABLE "Of Data" (id)')
        base.execute('INSERT INTO "Of Data" VALUES (7)')
    base.close()
    return tmp_path


@pytest.mark.parametrize("orders", ["orders.2024.csv", "shop.db"])
def test_files_and_tables_are_joined(folder: Path, orders: str) -> None:
    """Each read as it would be alone: its delimiter, its money, its types."""
    found = query(folder, JOINED, "people.csv", orders)
    assert found["age"].tolist() == [20, 40] and found["spent"].tolist() == [3.5, 3]
    assert kinds(found) == {"age": "number", "spent": "number"}
    money = "column 'price' is read as numbers ('$1'), with '$' around them."
    assert found.report.notices == ((money,) if orders.endswith("csv") else ())


def test_sheets(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "one"
    for sheet, value in ((book.active, 5), (book.create_sheet("two"), 7)):
        sheet.append(["id", sheet.title[0]])
        sheet.append([1, value])
    book.save(tmp_path / "book.xlsx")
    found = query(tmp_path, "SELECT o, t FROM one JOIN two USING (id)", "book.xlsx")
    assert (found["o"].tolist(), found["t"].tolist()) == ([5], [7])
    assert list(query(tmp_path, "SELECT * FROM data", "book.xlsx")) == ["id", "o"]


def test_data_is_all_of_them_together(folder: Path) -> None:
    write(folder, PEOPLE, "more.csv")
    count = "SELECT count(*) AS n FROM data"
    assert query(folder, count, "people.csv", "more.csv")["n"].tolist() == [6]
    with pytest.raises(TableFileError, match=r"orders\.2024\.csv has other columns"):
        query(folder, count, "people.csv", "orders.2024.csv")
    with pytest.raises(TableFileError, match="has 2 tables: orders, Of Data"):
        query(folder, count, "shop.db")
    assert query(folder, count, "shop.db", table="orders")["n"].tolist() == [2]
    assert query(folder, 'SELECT id FROM "Of Data"', "shop.db")["id"].tolist() == [7]


def test_names_that_mean_two_things(folder: Path) -> None:
    (folder / "again").mkdir()
    write(folder / "again", PEOPLE, "people.csv")
    write(folder, PEOPLE, "Data.csv")
    twice = ("people.csv", "again/people.csv")
    with pytest.raises(TableFileError, match=r"people does not exist\. Its tables may be: data\."):
        query(folder, "SELECT id FROM people", *twice)
    assert query(folder, "SELECT id FROM data", *twice).n_rows == 6
    with pytest.raises(TableFileError, match=r"'data' may be Data\.csv or all 2 files"):
        query(folder, "SELECT id FROM data", "Data.csv", "people.csv")
    assert query(folder, "SELECT id FROM data", "Data.csv").n_rows == 3


@pytest.mark.parametrize("name", ["raw", "objects", "texts0", "ends", "doubtful"])
def test_no_name_is_taken(tmp_path: Path, name: str) -> None:
    """Reading has tables of its own, which must not stand before those of the query."""
    write(tmp_path, "a,b\n1.5,x\n2.5,y\n", f"{name}.csv")
    write(tmp_path, '[{"a": 3.5, "b": "z"}]', "other.json")
    both = f"SELECT a FROM {name} UNION SELECT a FROM other ORDER BY a"
    assert query(tmp_path, both, f"{name}.csv", "other.json")["a"].tolist() == [1.5, 2.5, 3.5]


def test_what_is_said_of_columns_is_said_of_the_tables(folder: Path) -> None:
    found = query(folder, "SELECT iso FROM people", "people.csv", text=["iso"])
    assert found["iso"].tolist() == ["NA", "DE", "FR"]
    with pytest.raises(TableFileError, match=r"no column 'isa'\. Did you mean 'iso'"):
        query(folder, "SELECT iso FROM people", "people.csv", text=["isa"])
    with pytest.raises(TableFileError, match="differ only in case"):
        write(folder, "a,A\n1,2\n", "case.csv")
        query(folder, "SELECT a FROM data", "case.csv")


def test_mistyped_names(folder: Path) -> None:
    with pytest.raises(TableFileError, match=r"peeple does not exist.*be: data, people\."):
        query(folder, "SELECT id FROM peeple", "people.csv")
    with pytest.raises(TableFileError, match=r'Referenced column "agee".*Did you mean "age"'):
        query(folder, "SELECT agee FROM people", "people.csv")
