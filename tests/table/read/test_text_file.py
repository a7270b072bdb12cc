"""A text file before it is a table: encoding, line ends, records."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.text_file import fields_of, open_text
from reading import read, write


@pytest.mark.parametrize(
    ("content", "ends"), [("a\nb\n", (2, 0, 0)), ("a\r\nb\r", (0, 1, 1)), ('"a\nb"', (1, 0, 0))]
)
def test_line_ends_are_counted(tmp_path: Path, content: str, ends: tuple[int, int, int]) -> None:
    file = open_text(str(write(tmp_path, content)), "t.csv", None, str(tmp_path))
    assert (file.n_lf, file.n_crlf, file.n_cr) == ends
    assert file.n_line_ends == sum(ends)


def test_fields_of_a_record() -> None:
    assert fields_of('a,"b,""c""",', ",") == ["a", 'b,"c"', ""]
    assert fields_of('a,"b', ",") == ['a,"b']  # a quote that never closes
    assert fields_of('a, "b, c", d', ",") == ["a", " b, c", " d"]


def test_quotes_and_line_ends_inside_fields(tmp_path: Path) -> None:
    table = read(tmp_path, 'a,b\n"x, ""y""\nz",1\n\nw,2\n')
    assert table["a"].tolist() == ['x, "y"\nz', "w"]
    assert table.line_numbers.tolist() == [2, 5]
    assert any("1 blank line" in notice for notice in table.report.notices)


def test_the_line_after_quoted_line_ends(tmp_path: Path) -> None:
    with pytest.raises(TableFileError, match="line 6, column 'b': found 'oops'"):
        read(tmp_path, 'a,b\n"x\ny",1\n"p\nq",2\nr,oops\n')


def test_encodings(tmp_path: Path) -> None:
    text = "name,n\nÉmile,1\nŁucja,2\n"
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        table = read(tmp_path, text.encode(encoding))
        assert list(table) == ["name", "n"]
        assert table["name"].tolist() == ["Émile", "Łucja"]
    latin = "name,n\nx,2\nÉmile,1\n".encode("cp1252")
    with pytest.raises(TableFileError, match="line 3 is not UTF-8: it holds the byte 0xc9"):
        read(tmp_path, latin)
    assert read(tmp_path, latin, encoding="cp1252")["name"][1] == "Émile"


BAD = [
    ("a,b\n1,2\n3,\0\n", "line 3 holds a NUL byte"),
    (b"a,b\n1,2\n3,\xff\n", "line 3 is not UTF-8"),
    (b"PK\x03\x04zip", "Excel"),
    (b"\x1f\x8bgz", "gzip"),
    ("", "t.csv is empty"),
]


@pytest.mark.parametrize(("content", "message"), BAD)
def test_bad_text(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(TableFileError, match=message) as caught:
        read(tmp_path, content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark(tmp_path: Path, encoding: str) -> None:
    data = "a,b\n1,2\n".encode(encoding)
    with pytest.raises(TableFileError, match="line 1 holds a NUL byte") as caught:
        read(tmp_path, data)
    assert f"--encoding {encoding}" in caught.value.hint
    assert read(tmp_path, data, encoding=encoding)["b"].tolist() == [2]
