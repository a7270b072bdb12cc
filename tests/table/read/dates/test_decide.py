"""How a column's dates are spelled, where the caller says it, and where the reader finds it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.reader import read_table
from reading import kinds, read

OPEN = "d,x\n01/02/2020,1\n03/04/2020,2\n"


def test_the_caller_decides_what_is_open(tmp_path: Path) -> None:
    table = read(tmp_path, OPEN, dates={"d": "%d/%m/%Y"})
    assert table["d"].tolist() == [np.datetime64(d, "us").item() for d in
                                   ("2020-02-01", "2020-04-03")]  # fmt: skip
    table = read(tmp_path, OPEN, dates={"d": "%m/%d/%Y"})
    assert table["d"][0] == np.datetime64("2020-01-02")
    assert table.report.date_formats == {"d": "%m/%d/%Y"}
    assert read(tmp_path, OPEN, text=["d"])["d"].tolist() == ["01/02/2020", "03/04/2020"]


GIVEN: list[tuple[str, str, Any]] = [
    ("%d.%m.%y", "31.01.20", np.datetime64("2020-01-31")),
    ("%d.%m.%y", "31.01.75", np.datetime64("1975-01-31")),
    ("%Y%m%d", "20200131", np.datetime64("2020-01-31")),
    ("%Y%m%d%H%M", "202001311015", np.datetime64("2020-01-31T10:15")),
    ("%d/%m/%Y", "01/02/2020 10:15", np.datetime64("2020-02-01T10:15")),
    ("%Y-%m-%d %H:%M %z", "2020-01-31 10:15 +0200", np.datetime64("2020-01-31T08:15")),
    ("%H:%M:%S", "9:05", "09:05:00"),
    ("duration", "9:05", np.timedelta64(9 * 60 + 5, "m")),
    ("%H.%M", "09.05", "09:05:00"),
]


@pytest.mark.parametrize(("format_", "text", "expected"), GIVEN)
def test_formats(tmp_path: Path, format_: str, text: str, expected: Any) -> None:
    found = read(tmp_path, f"d,x\n{text},1\n,2\n", dates={"d": format_})["d"]
    assert (str(found[0]) if isinstance(expected, str) else found[0]) == expected
    assert found[1] is None or np.isnat(found[1])


def test_what_is_not_spelled_so_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match=r"line 3.*'d': found 'x', which is not spelled %d/%m"):
        read(tmp_path, "d,x\n01/02/2020,1\nx,2\n", dates={"d": "%d/%m/%Y"})
    for format_ in ("day first", "%Q", ""):
        with pytest.raises(TableFileError, match=r"format .* of the column 'd' is none"):
            read(tmp_path, OPEN, dates={"d": format_})
    with pytest.raises(TableFileError, match="no column 'D'"):
        read(tmp_path, OPEN, dates={"D": "%d/%m/%Y"})


def test_missing_dates(tmp_path: Path) -> None:
    table = read(
        tmp_path, "d,x\n2020-01-31,1\n,2\nNA,3\nNaT,4\nnull,5\nnever,6\n", missing=["never"]
    )
    assert np.isnat(table["d"]).tolist() == [False] + [True] * 5


def test_an_expected_kind(tmp_path: Path) -> None:
    expect = {"d": "datetime"}
    with pytest.raises(TableFileError, match="no value of it decides"):
        read(tmp_path, OPEN, expect=expect)
    with pytest.raises(TableFileError, match=r"line 2.*'10:15', which is not a date"):
        read(tmp_path, "d,x\n10:15,1\n", expect=expect)
    assert str(read(tmp_path, "d,x\n9:05,1\n", expect={"d": "time"})["d"][0]) == "09:05:00"
    table = read(tmp_path, "d,x\n2020-01-31,1\n", expect=expect)
    assert table.report.notices == ()  # the model knows it already


def test_zones_through_a_query(tmp_path: Path) -> None:
    text = "d,s,x\n2020-01-31T10:15+02:00,1:30:00,1\n2020-02-01T10:15+02:00,26:00:00,2\n"
    table = read(
        tmp_path, text, sql="SELECT d, s, d - TIMESTAMPTZ '2020-01-31 08:15Z' AS age FROM data"
    )
    assert kinds(table) == {"d": "datetime", "s": "duration", "age": "duration"}
    assert table.zones == {"d": "UTC"} and table["d"][0] == np.datetime64("2020-01-31T08:15")
    assert table["age"].tolist()[0].total_seconds() == 0
    with pytest.raises(TableFileError, match="a duration of months or years has no fixed length"):
        read_table(sql="SELECT INTERVAL 1 MONTH AS d, 1 AS x")
    with pytest.raises(TableFileError, match="the date is infinite"):
        read_table(sql="SELECT 'infinity'::TIMESTAMP AS d, 1 AS x")


def test_dates_among_many_text_columns(tmp_path: Path) -> None:
    names = [f"c{index}" for index in range(120)]
    row = ",".join("2020-01-31" if index % 2 else "word" for index in range(120))
    found = kinds(read(tmp_path, f"{','.join(names)}\n{row}\n{row}\n"))
    assert [found[name] for name in names] == ["text", "datetime"] * 60
