"""Tables from Parquet, JSON and SQLite files: the right values, or one clear sentence."""

from __future__ import annotations

import datetime
import decimal
import json
from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from reading import PENGUINS, read


def test_parquet(tmp_path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    day = datetime.datetime(2020, 1, 2)
    table = pa.table(
        {
            "i": [1, None, 3],
            "f": [1.5, float("nan"), None],
            "s": ["01", None, ""],
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
    assert found["s"].tolist() == ["01", None, ""]
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


@pytest.mark.parametrize("lines", [False, True])
def test_json(tmp_path: Path, lines: bool) -> None:
    rows = [
        {"a": 1, "b": "x", "A": True, "k/~": 2},
        {"a": 2.5, "b": None, "A": False},
        {"b": "07", "A": None, "a": "NaN"},
    ]
    text = "\n".join(map(json.dumps, rows)) if lines else json.dumps(rows, indent=1)
    table = read(tmp_path, text, "t.json")
    assert list(table) == ["a", "b", "A", "k/~"]
    np.testing.assert_array_equal(table["a"], [1, 2.5, np.nan])
    assert table["b"].tolist() == ["x", None, "07"]
    assert table["A"].tolist() == [True, False, None]
    assert table.location(2) == "t.json, record 3"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[1, 2]", "record 1 is no object"),
        ('{"a": 1}\n{"a": [1]}', "record 2, key 'a' holds an array"),
        ('{"a": 1, "a": 2}', "record 1 has the same key twice"),
        ('{"a": true}\n{"a": 2}', "found a boolean"),
        ('{"a": 1}\n{"a":', "Malformed JSON"),
        ("[]", "no rows"),
        ('{"a": 1}\n{"a": "x"}\n{"a": 2}', "record 2, column 'a': found 'x'"),
    ],
)
def test_bad_json(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TableFileError, match=message):
        read(tmp_path, text, "t.json")


def test_json_dates_where_dates_are_expected(tmp_path: Path) -> None:
    text = '[{"d": "2020-01-02T03:04:05"}, {"d": null}]'
    table = read(tmp_path, text, "t.json", expect={"d": "datetime"})
    assert table["d"][0] == np.datetime64("2020-01-02T03:04:05")
    with pytest.raises(TableFileError, match=r"t\.json, record 1, column 'd': found 'soon'"):
        read(tmp_path, '[{"d": "soon"}]', "t.json", expect={"d": "datetime"})
    with pytest.raises(TableFileError, match=r"t\.json, column 'd' holds boolean values where"):
        read(tmp_path, '[{"d": true}]', "t.json", expect={"d": "datetime"})


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
