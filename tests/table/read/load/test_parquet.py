"""Parquet with the types that the file states."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.connection import connect
from chainrule.table.read.load.parquet import load_parquet
from chainrule.table.read.reader import read_table


def test_parquet(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    day = datetime.datetime(2020, 1, 2)
    table = pa.table(
        {
            "i": [1, None, 3],
            "f": [1.5, float("nan"), None],
            "s": ["01", None, None],
            "b": [True, None, False],
            "t": [day, None, day],
            "c": pa.array(["u", "v", None]).dictionary_encode(),
            "l": [[1], [2], None],
            "z": pa.array([day, None, day], pa.timestamp("us", tz="America/New_York")),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    with pytest.raises(TableFileError, match=r"t\.parquet, column 'l' has the type BIGINT\[\]"):
        read_table(tmp_path / "t.parquet")
    found = read_table(tmp_path / "t.parquet", ignore=["l"])
    np.testing.assert_array_equal(found["i"], [1, np.nan, 3])
    np.testing.assert_array_equal(found["f"], [1.5, np.nan, np.nan])
    assert found["s"].tolist() == ["01", None, None]
    assert found["b"].tolist() == [True, None, False]
    assert found["t"].dtype.kind == "M" and np.isnat(found["t"][1])
    assert found["c"].tolist() == ["u", "v", None]
    np.testing.assert_array_equal(found["z"], found["t"])  # UTC
    pq.write_table(pa.table({"x": [1.0, float("inf")]}), tmp_path / "i.parquet")
    with pytest.raises(TableFileError, match=r"i\.parquet, row 1, column 'x'.*infinite"):
        read_table(tmp_path / "i.parquet")
    pq.write_table(pa.table({"x": [1.0, 2.5]}), tmp_path / "x.parquet")
    as_text = read_table(tmp_path / "x.parquet", expect={"x": "text"})
    assert as_text["x"].tolist() == ["1", "2.5"]
    decimals = pa.array([[decimal.Decimal("1.5")]], pa.list_(pa.decimal128(4, 1)))
    pq.write_table(pa.table({"d": decimals}), tmp_path / "d.parquet")
    with pytest.raises(TableFileError, match=r"d\.parquet, column 'd' has the type DECIMAL"):
        read_table(tmp_path / "d.parquet")
    pq.write_table(pa.table({"a": [1], "A": [2]}), tmp_path / "case.parquet")
    with pytest.raises(TableFileError, match="differ only in case"):
        read_table(tmp_path / "case.parquet")


def test_rows_count_from_0_in_each_file(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    paths = [str(tmp_path / name) for name in ("a.parquet", "b.parquet")]
    for path in paths:
        pq.write_table(pa.table({"x": [1.0, 2.0]}), path)
    with connect(paths) as connection:
        loaded = load_parquet(connection, paths, ["a", "b"], lambda names: names)
    assert [part.numbers.tolist() for part in loaded.parts] == [[0, 1], [0, 1]]
