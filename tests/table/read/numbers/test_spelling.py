"""Numbers with something around or within them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.numbers.spelling import (
    NumberSpelling,
    of_example,
    separators,
    without_marks,
)
from reading import kinds, read

WRITTEN = [
    (["$1,234.50", "$-3", "-$3.5", "$ 7"], [1234.5, -3, -3.5, 7]),
    (["1.234,5", "12", "1.000.000", "0,5"], [1234.5, 12, 1e6, 0.5]),
    (["12 %", "7.5 %", "-1 %"], [12, 7.5, -1]),
    (["12%", "7.5 %", "-1%"], [12, 7.5, -1]),
    (["(1,200.5)", "1,300", "5"], [-1200.5, 1300, 5]),
    (["−3.5", "4", "–2"], [-3.5, 4, -2]),
    (["1 234 kg", "5 kg", "17 kg"], [1234, 5, 17]),
    (["1'234'567", "2'000", "7"], [1234567, 2000, 7]),
    (["EUR 5", "EUR 17.25", "EUR 3"], [5, 17.25, 3]),
    (["12,34,567", "1,000", "2"], [1234567, 1000, 2]),
    (["20°C", "-3.5°C", "7°C"], [20, -3.5, 7]),
    (["100 km/h", "80 km/h", "5 km/h"], [100, 80, 5]),
]


@pytest.mark.parametrize(("texts", "values"), WRITTEN, ids=lambda v: str(v[0]))
def test_read_and_reported(tmp_path: Path, texts: list[str], values: list[float]) -> None:
    table = read(tmp_path, "a\tb\n" + "".join(f"{text}\tx\n" for text in texts) + "NA\tx\n")
    assert table["a"].tolist()[:-1] == values
    assert kinds(table)["a"] == "number" and table["a"][-1] != table["a"][-1]
    assert "column 'a' is read as numbers" in table.report.notices[0]
    again = read(
        tmp_path,
        f"a\tb\n{texts[0]}\tx\n",
        expect={"a": "number"},
        numbers=table.report.number_formats,
    )
    assert again["a"].tolist() == values[:1]


@pytest.mark.parametrize(
    "texts",
    [
        ["A12", "A13", "A14"],
        ["1st", "2nd", "3rd"],
        ["10-20", "20-30", "30-40"],
        ["192.168.1.1", "10.0.0.1", "10.0.0.2"],
        ["1,2,3", "4,5", "6"],
        ["12 Main Street", "3 High Street", "5 Main Street"],
        ["00 123 456", "00 123 457", "01 123 456"],
        [">50K", "<=50K", ">50K"],
    ],
)
def test_names_stay_text(tmp_path: Path, texts: list[str]) -> None:
    table = read(tmp_path, "a\tb\n" + "".join(f"{text}\tx\n" for text in texts))
    assert kinds(table)["a"] == "text"


def test_one_separator_may_mean_two_things(tmp_path: Path) -> None:
    text = "a;b\n1,234;x\n5,678;x\n"
    with pytest.raises(TableFileError, match="line 2, column 'a': found '1,234'") as caught:
        read(tmp_path, text)
    assert "--numbers a=1234,5" in caught.value.hint and "a=1,234.5" in caught.value.hint
    assert read(tmp_path, text, numbers={"a": "1234,5"})["a"].tolist() == [1.234, 5.678]
    assert read(tmp_path, text, numbers={"a": "1,234.5"})["a"].tolist() == [1234, 5678]
    # In a file that commas separate they cannot be decimal signs.
    quoted = 'a,b\n"1,234",x\n"5,678",x\n'
    assert read(tmp_path, quoted)["a"].tolist() == [1234, 5678]
    # One value decides for all.
    assert read(tmp_path, text + "0,5;x\n")["a"].tolist() == [1.234, 5.678, 0.5]


def test_units_that_differ_are_told(tmp_path: Path) -> None:
    rows = "".join(f"{k}.5 {'kg' if k % 3 else 'g'}\tx\n" for k in range(20))
    table = read(tmp_path, "a\tb\n" + rows)
    assert kinds(table)["a"] == "text"
    assert "different units ('g', 'kg')" in table.report.notices[0]


def test_a_given_example_that_does_not_fit(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match="line 3, column 'a': found 'x', which is not written"):
        read(tmp_path, "a;b\n1,5;1\nx;2\n", numbers={"a": "1234,5"})
    with pytest.raises(TableFileError, match="is no number"):
        read(tmp_path, "a;b\n1,5;1\n", numbers={"a": "abc"})


@pytest.mark.parametrize(
    ("example", "spelling"),
    [
        ("1.234,56", NumberSpelling(",", ".")),
        ("1,234.5", NumberSpelling(".", ",")),
        ("1,234", NumberSpelling(".", ",")),
        ("1234,5", NumberSpelling(",")),
        ("1234.5", NumberSpelling(".")),
        ("$1 234", NumberSpelling(".", " ", "$")),
        ("12 %", NumberSpelling(".", "", "", "%")),
        ("x", None),
    ],
)
def test_examples(example: str, spelling: NumberSpelling | None) -> None:
    assert of_example(example) == spelling
    if spelling:
        assert of_example(spelling.format) == spelling


def test_separators() -> None:
    assert separators("1.234.567,8") == (",", ".")
    assert separators("1.23") == (".", "") and separators("1.234") == ("", ".")
    assert separators("0.234") == (".", "") and separators("1.2.3") is None


def test_marks_beside_numbers_are_told(tmp_path: Path) -> None:
    """A column of limits of detection or of footnotes becomes categories; a person should know."""
    rows = "".join(f"{'<' if k % 2 else ''}{k}.5\tx\n" for k in range(30) if k % 2 or k > 20)
    table = read(tmp_path, "a\tb\n" + rows)
    assert kinds(table)["a"] == "text"
    assert (
        "look like numbers with marks beside them or in other digits ('<1.5')"
        in (table.report.notices[0])
    )
    codes = "".join(f"0{k}123\tx\n" for k in range(20))
    assert read(tmp_path, "a\tb\n" + codes).report.notices == ()


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("<5", "5"),
        (">= 0.1", "0.1"),
        ("≥0.1", "0.1"),
        ("~ -3.5", "-3.5"),
        ("12**", "12"),
        ("12[1]", "12"),
        ("1,5 (a)", "1,5"),
        ("７８", "78"),
        ("٣٤", "34"),
        ("5-10", None),
        ("A1", None),
    ],
)
def test_without_marks(value: str, number: str | None) -> None:
    assert without_marks(value) == number
