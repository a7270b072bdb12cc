"""Columns that are numbers but for some cells, refused together."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from reading import read


def test_tokens_of_all_columns_in_one_refusal(tmp_path: Path) -> None:
    text = "a,b,c\n1,-,x\n?,2,y\n3,?,x\n4,5,y\n"
    with pytest.raises(TableFileError) as caught:
        read(tmp_path, text)
    assert "line 3, column 'a': found '?'" in caught.value.message
    assert "so do 'b'" in caught.value.message
    assert "--missing '?' --missing -" in caught.value.hint
    table = read(tmp_path, text, missing=["?", "-"])
    assert [c.n_missing for c in table.report.columns] == [1, 2, 0]


def test_a_hint_can_be_pasted_into_a_shell(tmp_path: Path) -> None:
    with pytest.raises(TableFileError) as caught:
        read(tmp_path, "a b,c\n1,2\n2,2\nit's,3\n")
    assert "2 other values of it are numbers" in caught.value.message
    assert """--missing 'it'"'"'s'""" in caught.value.hint
    assert "--text 'a b'" in caught.value.hint


@pytest.mark.parametrize("token", ["?", "-", "n/a", ".", "missing", "#DIV/0!", r"\N"])
def test_mostly_tokens(tmp_path: Path, token: str) -> None:
    rows = "".join(f"{k if k % 4 == 0 else token},x\n" for k in range(20))
    with pytest.raises(TableFileError, match=r"line 3, column 'a'.*while 5 other values"):
        read(tmp_path, "a,b\n" + rows)
    assert read(tmp_path, "a,b\n" + rows, missing=[token]).report.columns[0].n_missing == 15
