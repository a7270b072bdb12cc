"""Compressed files, streams, workbooks and databases."""

from __future__ import annotations

import bz2
import datetime
import gzip
import io
import lzma
import sqlite3
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from reading import kinds, write

TEXT = 'x,w\n1.5,"a, b"\n2.5,é\n'


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, TEXT)
    return target.getvalue()


def zstd(data: bytes) -> bytes:
    import pyarrow as pa

    packed: bytes = pa.compress(data, "zstd", asbytes=True)
    return packed


PACKED = {
    "t.csv.gz": gzip.compress(TEXT.encode(), mtime=0),
    "t.csv.bz2": bz2.compress(TEXT.encode()),
    "t.csv.xz": lzma.compress(TEXT.encode()),
    "t.zip": zipped("t.csv"),
    "t.csv.zst": zstd(TEXT.encode()),
    "t.jsonl.gz": gzip.compress(
        '{"x": 1.5, "w": "a, b"}\n{"x": 2.5, "w": "é"}\n'.encode(), mtime=0
    ),
}


@pytest.mark.parametrize("name", PACKED)
def test_compressed(tmp_path: Path, name: str) -> None:
    table = read_table(write(tmp_path, PACKED[name], name))
    assert table["x"].tolist() == [1.5, 2.5] and table["w"].tolist() == ["a, b", "é"]


def test_several_files_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = write(tmp_path, TEXT, "a.csv")
    two = write(tmp_path, PACKED["t.csv.gz"], "b.csv.gz")
    both = read_table([str(one), str(two)])
    assert both["x"].tolist() == [1.5, 2.5] * 2 and both.location(3) == "b.csv.gz, line 3"
    for content in (TEXT.encode(), PACKED["t.csv.gz"], PACKED["t.csv.zst"]):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        table = read_table("-")
        assert table["x"].tolist() == [1.5, 2.5] and table.report.source == "standard input"


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


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("t.csv.gz", PACKED["t.csv.gz"][:20], "t.csv.gz cannot be unpacked"),
        ("t.csv.gz", b"x,y\n1,2\n", "t.csv.gz cannot be unpacked"),
        ("t.zip", zipped("a.csv", "b.csv"), "holds 2 files"),
        ("t.zip", b"PK\x03\x04xxxx", "cannot be unpacked"),
        ("t.db", b"x,y\n1,2\n", "is no SQLite database"),
        ("t.xlsx", b"x,y\n1,2\n", "is no Excel workbook"),
        ("t.csv", PACKED["t.csv.gz"], "compressed with gzip; give it the ending .gz"),
    ],
)
def test_what_cannot_be_unpacked(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    with pytest.raises(TableFileError, match=message):
        read_table(write(tmp_path, content, name))
