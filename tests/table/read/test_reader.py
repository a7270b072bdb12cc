"""Tables from files: the right values, or one clear sentence."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.reader import read_table
from reading import PENGUINS, read


def test_penguins_agree_with_the_csv_module() -> None:
    table = read_table(PENGUINS)
    with PENGUINS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert table.n_rows == len(rows) == 344
    assert list(table) == list(rows[0])
    for name in ("bill_length_mm", "body_mass_g", "year"):
        expected = [float("nan") if row[name] == "NA" else float(row[name]) for row in rows]
        np.testing.assert_array_equal(table[name], expected)
    for name in ("species", "sex"):
        assert table[name].tolist() == [None if r[name] == "NA" else r[name] for r in rows]
    assert table.report.delimiter == ","
    missing = {column.name: column.n_missing for column in table.report.columns}
    assert missing["sex"] == 11 and missing["bill_length_mm"] == 2 and missing["island"] == 0
    assert table.location(3) == "penguins.csv, line 5"


def test_chosen_columns(tmp_path: Path) -> None:
    text = "a,b,c\n1,x,2\n2,3,4\n3,y,5\n4,6,6\n"
    assert list(read(tmp_path, text, columns=["c", "a"])) == ["a", "c"]
    assert list(read(tmp_path, text, ignore=["b"])) == ["a", "c"]
    with pytest.raises(TableFileError, match="line 3 has 2 fields"):
        read(tmp_path, "a,b,c\n1,x,2\n2,3\n", columns=["a"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"delimiter": "::"}, "must be one character"),
        ({"encoding": "martian"}, "encoding 'martian' is unknown"),
        ({"columns": ["speices"]}, "no column 'speices'. Did you mean 'species'"),
        ({"text": ["Sex "]}, "no column 'Sex '. Did you mean 'sex'"),
        ({"ignore": ["zzz"]}, "no column 'zzz'. Its columns are: species, island"),
        ({"text": "sex"}, "lists of strings"),
        ({"columns": []}, "no column of penguins.csv is left"),
    ],
)
def test_bad_options(options: dict[str, Any], message: str) -> None:
    with pytest.raises(TableFileError, match=message):
        read_table(PENGUINS, **options)


def test_large_whole_numbers_are_told(tmp_path: Path) -> None:
    table = read(tmp_path, "id,b\n9007199254740993,1\n9007199254740995,2\n")
    assert "column 'id' holds whole numbers from 2**53 on" in table.report.notices[0]
    table = read(tmp_path, "id,b\n9007199254740993,1\n9007199254740995,2\n", text=["id"])
    assert table["id"].tolist() == ["9007199254740993", "9007199254740995"]


def test_every_value_survives(tmp_path: Path) -> None:
    draw = np.random.default_rng(0)
    numbers = draw.normal(size=200) * 10.0 ** draw.integers(-300, 300, 200)
    alphabet = list("abc ,;|\t\"\n\r'\\#€\U0001f427=")
    texts = ["".join(draw.choice(alphabet, size=6)) for _ in numbers]
    with (tmp_path / "t.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(["n", "t"])
        writer.writerows(zip(numbers.tolist(), texts, strict=True))
    table = read_table(tmp_path / "t.csv", delimiter=",")
    np.testing.assert_array_equal(table["n"], numbers)
    assert table["t"].tolist() == texts


BAD = [
    ("a,b\n", "has a header and no rows"),
    ("a,b", "has a header and no rows"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_bad_text(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TableFileError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
