"""Which files are read: a name is a name, and a pattern only on request."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.paths import find_paths, format_of
from chainrule.table.read.reader import read_table
from reading import read, write


def test_a_name_with_pattern_characters_is_a_name(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,2\n", "ha.csv")
    assert read(tmp_path, "a,b\n3,4\n", "h[ab]*.csv")["a"].tolist() == [3]
    with pytest.raises(TableFileError, match="does not exist"):
        read_table(tmp_path / "h?.csv")


def test_a_pattern_on_request(tmp_path: Path) -> None:
    write(tmp_path, "a,b\n1,x\n2,y\n", "p1.csv")
    write(tmp_path, "a,b\n3,z\n,\n", "p2.csv")
    table = read_table(tmp_path / "p*.csv", glob=True)
    np.testing.assert_array_equal(table["a"], [1, 2, 3, np.nan])
    assert table.location(2) == "p2.csv, line 2"
    write(tmp_path, "a,c\n3,z\n", "p3.csv")
    with pytest.raises(TableFileError, match=r"p3\.csv has other columns than p1\.csv"):
        read_table(tmp_path / "p*.csv", glob=True)


def test_bad_paths(tmp_path: Path) -> None:
    write(tmp_path, "a\n1\n", "data.csv")
    with pytest.raises(TableFileError, match=r"does not exist. Did you mean .*data\.csv"):
        read_table(tmp_path / "dat.csv")
    with pytest.raises(TableFileError, match="is a folder"):
        read_table(tmp_path)
    with pytest.raises(TableFileError, match="no file matches"):
        read_table(tmp_path / "*.xyz", glob=True)
    with pytest.raises(TableFileError, match="nothing to read"):
        read_table()
    write(tmp_path, b"PAR1" + b"x" * 50 + b"PAR1", "bad.parquet")
    with pytest.raises(TableFileError, match="DuckDB could not read"):
        read_table(tmp_path / "bad.parquet")


def test_paths_are_absolute_and_sorted(tmp_path: Path) -> None:
    files = [str(write(tmp_path, "a", name)) for name in ("b.csv", "a.csv")]
    assert find_paths(str(tmp_path / "*.csv"), glob=True) == sorted(files)


@pytest.mark.parametrize(
    ("path", "format_"),
    [("a.csv", "csv"), ("b", "csv"), ("A.PQ", "parquet"), ("a.xlsx", "excel"), ("a.db", "sqlite")],
)
def test_the_ending_says_the_format(path: str, format_: str) -> None:
    assert format_of(path) == format_


def test_files_together_have_one_format(tmp_path: Path) -> None:
    files = [
        str(write(tmp_path, text, name)) for text, name in (("a\n1", "a.csv"), ("[]", "b.json"))
    ]
    with pytest.raises(TableFileError, match="one format"):
        read_table(files)
