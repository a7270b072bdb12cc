"""The kind of a column, decided over all rows unless the caller decides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from reading import kinds, read


def test_types_are_decided_on_all_rows(tmp_path: Path) -> None:
    table = read(tmp_path, "a,b\n" + "1,2\n" * 30_000 + "1.5,x\n", text=["b"])
    assert table["a"][-1] == 1.5
    with pytest.raises(TableFileError, match="line 30002, column 'b': found 'x'"):
        read(tmp_path, "a,b\n" + "1,2\n" * 30_000 + "1.5,x\n")


def test_expected_kinds(tmp_path: Path) -> None:
    text = "n,c,b,d\n1,1,true,2020-01-02\n,2,False,\n"
    expect = {"n": "number", "c": "text", "b": "boolean", "d": "datetime"}
    table = read(tmp_path, text, expect=expect)
    assert table["c"].tolist() == ["1", "2"]
    assert table["b"].tolist() == [True, False] and table["b"].dtype == bool
    assert table["d"][0] == np.datetime64("2020-01-02") and np.isnat(table["d"][1])
    with pytest.raises(TableFileError, match="line 2, column 'a': found 'x', which is no number"):
        read(tmp_path, "a,b\nx,1\n", expect={"a": "number"})
    empty = read(tmp_path, "a,b\n,1\n", expect={"a": "text"})
    assert empty["a"].tolist() == [None]
    assert kinds(read(tmp_path, "a,b\n,1\n")) == {"a": "empty", "b": "number"}
