"""Which columns are read: the index of a data frame is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from reading import read

FRAME = pd.DataFrame({"a": [1.5, 2.5, 3.5], "b": ["x", "y", "z"]}, index=[3, 1, 4])


def test_the_index_of_a_frame_stays_out(tmp_path: Path) -> None:
    FRAME.to_csv(tmp_path / "t.csv")
    FRAME.to_parquet(tmp_path / "t.parquet")
    FRAME.to_csv(tmp_path / "twice.csv")
    pd.read_csv(tmp_path / "twice.csv").to_csv(tmp_path / "twice.csv", index=False)
    for name, index in (
        ("t.csv", "Unnamed: 0"),
        ("t.parquet", "__index_level_0__"),
        ("twice.csv", "Unnamed: 0"),
    ):
        table = read_table(tmp_path / name)
        assert list(table) == ["a", "b"]
        assert f"column {index!r} is the index that a data frame wrote" in table.report.notices[0]
        assert index in read_table(tmp_path / name, keep_index=True)
        np.testing.assert_array_equal(
            read_table(tmp_path / name, columns=[index])[index], [3, 1, 4]
        )


def test_names_are_found_without_blanks(tmp_path: Path) -> None:
    text = "a , b,y\n1,2,3\n"
    table = read(tmp_path, text, columns=["a", "b"], ignore=["y"])
    assert list(table) == ["a ", " b"]
    with pytest.raises(TableFileError, match="no column 'c'"):
        read(tmp_path, text, columns=["c"])


def test_a_blank_behind_every_comma_belongs_to_it(tmp_path: Path) -> None:
    table = read(tmp_path, "age, job, x\n1, a b, 2\n3, c, 4\n")
    assert list(table) == ["age", "job", "x"]
    assert table["job"].tolist() == ["a b", "c"] and table["x"].tolist() == [2, 4]
    kept = read(tmp_path, "age,job\n1, a\n2,a\n")
    assert kept["job"].tolist() == [" a", "a"]
    assert "differ by the blanks around them" in kept.report.notices[0]


def test_a_quoted_name_may_follow_the_blank(tmp_path: Path) -> None:
    table = read(tmp_path, 'a, "b, c", d\n1, "x, y", 2\n3, z, 4\n')
    assert list(table) == ["a", "b, c", "d"]
    assert table["b, c"].tolist() == ["x, y", "z"] and table["d"].tolist() == [2, 4]


def test_an_index_of_two_levels_stays_out(tmp_path: Path) -> None:
    levels = pd.MultiIndex.from_tuples([(1, 2), (1, 3), (2, 2)])
    FRAME.set_index(levels).to_csv(tmp_path / "t.csv")
    assert list(read_table(tmp_path / "t.csv")) == ["a", "b"]
    FRAME.to_csv(tmp_path / "t.csv")
    pd.read_csv(tmp_path / "t.csv").to_csv(tmp_path / "t.csv")
    assert list(read_table(tmp_path / "t.csv")) == ["a", "b"]
