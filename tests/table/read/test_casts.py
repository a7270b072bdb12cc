"""Texts as values of a kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainrule.errors import TableFileError
from reading import read


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("boolean", "x", "line 3, column 'a': found 'x', which is not true or false"),
        ("boolean", "1", "found '1', which is not true or false"),
        ("datetime", "soon", "line 3, column 'a': found 'soon', which is"),
        ("number", "x", "line 3, column 'a': found 'x', which is no number"),
    ],
)
def test_what_is_no_value_of_a_kind(tmp_path: Path, kind: str, text: str, message: str) -> None:
    first = {"boolean": "true", "datetime": "2020-01-02", "number": "7"}[kind]
    with pytest.raises(TableFileError, match=message) as caught:
        read(tmp_path, f"a,b\n{first},1\n{text},2\n", expect={"a": kind})
    assert f"--missing {text}" in caught.value.hint
    found = read(tmp_path, f"a,b\n{first},1\n{text},2\n", expect={"a": kind}, missing=[text])
    assert found.report.columns[0].n_missing == 1 and found.report.columns[0].kind == kind
