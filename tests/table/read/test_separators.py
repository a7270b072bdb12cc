"""Files of one column that look like tables of several."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from reading import read


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("i:v\n0:1\n1:2\n", "':' stands 1 times in every line", ":"),
        ("i^v^w\n0^1^2\n1^2^3\n", "'\\^' stands 2 times", "^"),
        ("i\x1fv\n0\x1f1\n1\x1f2\n", r"'\\x1f' stands", "\x1f"),
        ("i    v\n0    1\n1    2.5\n", "every line has 2 words", "spaces"),
    ],
)
def test_unusual_separators(tmp_path: Path, text: str, message: str, remedy: str) -> None:
    with pytest.raises(TableFileError, match=f"line 1: the file has one column, and .*{message}"):
        read(tmp_path, text)
    assert read(tmp_path, text, delimiter=remedy)["v"].tolist()[0] == 1


def test_lines_quoted_as_wholes(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match="every line is quoted as a whole, with ','"):
        read(tmp_path, '"i,v"\n"0,1"\n"1,2"\n')


def test_one_column_it_is(tmp_path: Path) -> None:
    assert read(tmp_path, "when\n10:15\n11:30\n").n_rows == 2
    assert read(tmp_path, "full name\nAda Lovelace\nBlaise Pascal\n", delimiter=",").n_rows == 2
    assert read(tmp_path, "say\none\ntwo words\n").n_rows == 2
