"""What separates the fields, found by parsing the whole file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.dialect import DELIMITERS, delimiter_name
from reading import read


@pytest.mark.parametrize("mark", DELIMITERS)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, mark: str, end: str) -> None:
    text = end.join([f"a{mark}b c", f"1{mark}x", f"{mark}y z", f"-2.5e1{mark}"]) + end
    table = read(tmp_path, text)
    assert table.report.delimiter == mark
    np.testing.assert_array_equal(table["a"], [1, np.nan, -25])
    assert table["b c"].tolist() == ["x", "y z", None]
    assert table.line_numbers.tolist() == [2, 3, 4]


def test_delimiters_by_name() -> None:
    assert [delimiter_name(mark) for mark in (",", "\t", " ")] == [",", "tab", "space"]


def test_hash_and_title_lines_are_data(tmp_path: Path) -> None:
    assert read(tmp_path, "#a,b\n#1,2\nx,4\n")["#a"].tolist() == ["#1", "x"]
    with pytest.raises(TableFileError, match="line 2 has 3 fields, line 1 has 2"):
        read(tmp_path, "Report, 2020\na,b,c\n1,2,3\n")


def test_one_column(tmp_path: Path) -> None:
    np.testing.assert_array_equal(read(tmp_path, "a\n1\n\n3\n")["a"], [1, np.nan, 3])
    for mark in ",;\t|":
        with pytest.raises(TableFileError, match="line 2 has 2 fields, line 1 has 1"):
            read(tmp_path, f"a\n1{mark}2\n3{mark}4\n")
    table = read(tmp_path, "a\n1,2\n3,4\n", delimiter=";")
    assert table["a"].tolist() == [1.2, 3.4]
    assert "decimal comma" in table.report.notices[0]


BAD = [
    ("\na,b\n1,2\n", "line 1 is blank"),
    ("a,b\n1,2\n3\n", "line 3 has 1 field, line 1 has 2"),
    ("a,b\n1,2\n3,4,5\n", "line 3 has 3 fields, line 1 has 2"),
    ('a,b\n1,"2\n3,4\n', "line 2 opens a quote that is never closed"),
    ('a,b\n1,"2"x\n3,4\n', "line 2 has text after a closing quote"),
    ('a,b\n1,"2" "x"\n3,4\n', "line 2 has text after a closing quote"),
    ('"a" "b"\n"1" 1.5 "x"\n', "line 1 has text after a closing quote.*say --delimiter space"),
    ("a,b\r\n1,2\n3,4\r\n", "mixes line ends: 1 LF and 2 CRLF"),
    ("a,b;c\n1,2;3\n", "can be split by ',' and ';' alike"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_bad_text(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TableFileError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
