"""JSON as a table: the right values, or one clear sentence."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from chainrule.table.read.connection import connect
from chainrule.table.read.load.json import load_json
from reading import read, write


def test_keys_in_the_order_of_their_first_row(tmp_path: Path) -> None:
    path = str(write(tmp_path, '{"b": 1}\n{"a": "x", "b": 2}\n', "t.jsonl"))
    with connect([path]) as connection:
        loaded = load_json(connection, [path], ["t.jsonl"], lambda names: names)
    assert [(c.name, c.stated) for c in loaded.columns] == [("b", False), ("a", False)]
    assert loaded.parts[0].unit == "record"


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


@pytest.mark.parametrize("orient", ["columns", "index", "split", "table"])
def test_other_forms_of_pandas_are_told_of_records(tmp_path: Path, orient: str) -> None:
    pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}).to_json(tmp_path / "t.json", orient=orient)
    with pytest.raises(TableFileError, match=r"record 1, key .* holds an") as caught:
        read_table(tmp_path / "t.json")
    assert "orient='records'" in caught.value.hint
