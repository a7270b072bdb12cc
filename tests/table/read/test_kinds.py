"""The kind of a column, decided over all rows unless the caller decides."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from chainrule.errors import TableFileError
from chainrule.table.read.connection import connect
from chainrule.table.read.grammar import Conditions
from chainrule.table.read.kinds import Decision, Rules
from chainrule.table.read.raw_column import RawColumn
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
    with pytest.raises(TableFileError, match="which is not true or false"):
        read(tmp_path, "a,b\nx,1\n", expect={"a": "boolean"})
    empty = read(tmp_path, "a,b\n,1\n", expect={"a": "text"})
    assert empty["a"].tolist() == [None]
    assert kinds(read(tmp_path, "a,b\n,1\n")) == {"a": "empty", "b": "number"}


def test_a_stated_type_stays() -> None:
    rules = Rules(Conditions([]), frozenset(), {})
    with connect([]) as connection:
        connection.rows("CREATE TEMP TABLE raw AS SELECT '1' AS c0, '1' AS c1, 1 AS c2")
        raw = [
            RawColumn("a", "c0"),
            RawColumn("b", "c1", stated=True),
            RawColumn("c", "c2", "INTEGER", stated=True),
        ]
        decided = Decision(connection, rules, "raw", str, []).columns(raw)
    assert [column.kind for column in decided] == ["number", "text", "number"]


def test_columns_filled_up_with_blanks_are_told(tmp_path: Path) -> None:
    table = read(tmp_path, "c,v\nred ,1\nblue,2\nred ,3\n")
    assert table["c"].tolist() == ["red ", "blue", "red "]
    assert "column 'c' is filled up with blanks to one length" in table.report.notices[0]
    assert read(tmp_path, "c,v\nr d,1\nblu,2\n").report.notices == ()
