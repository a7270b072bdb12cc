"""Workbooks and databases."""

from __future__ import annotations

import datetime
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from reading import kinds


def test_sqlite(tmp_path: Path) -> None:
    path = tmp_path / "t.db"
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE people (x REAL, n INTEGER, w TEXT)")
    base.executemany("INSERT INTO people VALUES (?, ?, ?)", [(1.5, 3, "a,\nb"), (None, 4, None)])
    base.commit()
    table = read_table(path)
    assert kinds(table) == {"x": "number", "n": "number", "w": "text"}
    np.testing.assert_array_equal(table["x"], [1.5, np.nan])
    assert table["w"].tolist() == ["a,\nb", None]
    assert read_table(path, sql="SELECT n + 1 AS m FROM data")["m"].tolist() == [4, 5]
    base.execute("CREATE TABLE other (a)")
    base.commit()
    with pytest.raises(TableFileError, match="has 2 tables: people, other"):
        read_table(path)
    assert read_table(path, table="people").n_rows == 2
    with pytest.raises(TableFileError, match="has no table 'x'"):
        read_table(path, table="x")


def test_excel(tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "first"
    for row in (["x", "w", "when", "ok"], [1, "a", datetime.datetime(2020, 1, 31), True]):
        book.active.append(row)
    book.active.append([2.5, None, datetime.datetime(2020, 2, 1), False])
    other = book.create_sheet("second")
    other.append(["y"])
    other.append([7])
    book.save(tmp_path / "t.xlsx")
    table = read_table(tmp_path / "t.xlsx")
    assert kinds(table) == {"x": "number", "w": "text", "when": "datetime", "ok": "boolean"}
    assert table["when"][0] == np.datetime64("2020-01-31")
    assert read_table(tmp_path / "t.xlsx", table="second")["y"].tolist() == [7]
