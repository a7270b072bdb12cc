"""Compressed files and streams."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zipfile
from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from reading import write

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
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    assert read_table("/dev/stdin").report.source == "standard input"


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
