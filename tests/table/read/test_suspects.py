"""Rows and names that are not what they seem."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from reading import kinds, read

ROWS = "".join(f"k{i},{w},{i}.5\n" for i, w in enumerate(["red", "blue"] * 4))
TABLE = "id,colour,x\n" + ROWS

REFUSED = {
    "no header, numbers": (ROWS, "line 1: found '0.5' in the place of a name"),
    "no header, dates": ("2020-01-01,1\n2020-01-02,2\n", "line 1: found '2020-01-01'"),
    "no header, words": (
        "red,big\nblue,small\nred,small\nblue,big\n",
        "line 1: found 'red'.*1 times",
    ),
    "footer": (TABLE + "Total,,3\n", "line 10, column 'id': found 'Total', which looks like a"),
    "footer in the second": (TABLE + ",Average:,3\n", "column 'colour': found 'Average:'"),
    "comment": (TABLE + "# pause,,\n" + ROWS, "line 10, column 'id': found '# pause', which is a"),
    "names again": ("a,b\nx,y\na,b\nz,w\n", "line 3 holds the names of the columns again"),
    "cut number": (TABLE + "k9,red,7", "line 10, column 'x': the file ends with '7'"),
    "cut word": ("x,w\n1,no\n2,yes\n3,yes\n4,no\n5,ye", "ends with 'ye'.*other rows have 'yes'"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(TableFileError, match=message) as caught:
        read(tmp_path, text)
    assert caught.value.hint


RIGHT = {
    "whole": TABLE,
    "no last line end": TABLE + "k9,red,7.5",
    "no last line end of whole numbers": "w,x\na,1\nb,10\nc,100\nd,1",
    "no last line end of words": "x,w\n1,no\n2,yes\n3,yes\n4,no\n5,no",
    "hash tags": "tag,x,y\n#a,1,\n#b,2,\n#c,,\n",
    "a comment with values": "#a,b\n#1,2\nx,4\n",
    "Total in the middle": TABLE + "Total,red,1.5\nk9,red,2.5\n",
    "one column of names": "name,x\nname,1\nother,2\n",
    "years": "2019,2020\n1,2\n3,4\n",
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_accepted(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text)
    lines = [line for line in text.splitlines() if line]
    assert table.n_rows == len(lines) - 1


def test_who_knows_better_says_so(tmp_path: Path) -> None:
    assert read(tmp_path, ROWS, header=True).n_rows == 7
    assert read(tmp_path, ROWS, header=False).n_rows == 8
    footer = read(tmp_path, TABLE + "Total,,3\n", text=["id"])
    assert footer["id"][-1] == "Total"


def test_names_of_whole_numbers_are_told(tmp_path: Path) -> None:
    assert "only numbers" in read(tmp_path, "1,2\n3,4\n").report.notices[0]
    assert not read(tmp_path, "1,2\n3,4\n", header=True).report.notices


def test_rows_without_a_value_are_told(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n1,x\n,\n,\n2,y\n")
    assert table.report.notices == ("2 rows have no value in any column (t.csv, line 3).",)
    assert kinds(table) == {"a": "number", "b": "text"}
