"""Names of columns: each is there, none twice, and a mistyped one gets a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.names import check_header, check_present, suggestion
from reading import read


def test_suggestions() -> None:
    assert suggestion("Prise ", ["price", "size"]) == "Did you mean 'price'?"
    assert suggestion("zzz", ["price", "size"]) == "Its columns are: price, size."
    assert suggestion("zzz", [f"c{k}" for k in range(9)]).endswith("c7, ....")


def test_a_column_must_be_there() -> None:
    check_present(["a"], ["a", "b"], "t.csv")
    with pytest.raises(TableFileError, match=r"t\.csv has no column 'A'\. Did you mean 'a'"):
        check_present(["b", "A"], ["a", "b"], "t.csv")


def test_a_header_names_every_column() -> None:
    check_header(["a", "b"], "t.csv, line 1")
    with pytest.raises(TableFileError, match=r"t\.csv, line 1: column 2 has no name"):
        check_header(["a", " "], "t.csv, line 1")


BAD = [
    ("a,a\n1,2\n", "columns 1 and 2 are both named 'a'"),
    ("a,\n1,2\n", "column 2 has no name"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_bad_text(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TableFileError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)
