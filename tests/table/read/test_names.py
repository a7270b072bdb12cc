"""Names of columns: each is there, none twice, and a mistyped one gets a suggestion."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.names import (
    check_header,
    check_present,
    index_names,
    names_of,
    suggestion,
)
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


FIRST = "Unnamed: 0"


@pytest.mark.parametrize(
    ("fields", "names", "index"),
    [
        (["", "a"], [FIRST, "a"], [FIRST]),
        (["", "", "a"], [FIRST, "Unnamed: 1", "a"], [FIRST, "Unnamed: 1"]),
        (["", FIRST, "a"], [f"{FIRST}.1", FIRST, "a"], [f"{FIRST}.1", FIRST]),
        (["a", "__index_level_0__"], ["a", "__index_level_0__"], ["__index_level_0__"]),
        (["a", "Unnamed: 1"], ["a", "Unnamed: 1"], []),
    ],
)  # fmt: skip
def test_the_levels_of_an_index(fields: list[str], names: list[str], index: list[str]) -> None:
    """As pandas writes them: without a name, once more for each time that a table was written."""
    assert names_of(fields, "t.csv, line 1", is_spaced=False) == names
    assert index_names(names) == index


@pytest.mark.parametrize("fields", [["", "", "", "", "a"], ["a", "", "b"], ["", "a", ""], ["", ""]])
def test_other_columns_without_a_name_are_refused(fields: list[str]) -> None:
    with pytest.raises(TableFileError, match="has no name"):
        names_of(fields, "t.csv, line 1", is_spaced=False)
