"""Columns whose type their file states."""

from __future__ import annotations

import pytest

from chainrule.errors import TableFileError
from chainrule.table.read import read_table
from chainrule.table.read.connection import connect
from chainrule.table.read.grammar import Conditions
from chainrule.table.read.kinds import Decision
from chainrule.table.read.raw_column import RawColumn
from chainrule.table.read.rules import Rules


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


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("'infinity'::DOUBLE", "the number is infinite"),
        ("'infinity'::DATE", "the date is infinite"),
        ("INTERVAL 2 MONTH", "a duration of months or years has no fixed length"),
        ("[1, 2]", r"has the type INTEGER\[\], which is no number"),
        ("'10:00:00+01'::TIMETZ", "has the type TIME WITH TIME ZONE"),
    ],
)
def test_values_that_no_table_has(value: str, message: str) -> None:
    with pytest.raises(TableFileError, match=message) as caught:
        read_table(sql=f"SELECT {value} AS a, 1 AS b")
    assert caught.value.hint


def test_another_kind_than_in_training() -> None:
    with pytest.raises(TableFileError, match="'a' holds number values where boolean values"):
        read_table(sql="SELECT 1 AS a", expect={"a": "boolean"})
    assert read_table(sql="SELECT true AS a", expect={"a": "number"})["a"].tolist() == [1]
    assert read_table(sql="SELECT 2.0 AS a", expect={"a": "text"})["a"].tolist() == ["2"]
    with pytest.raises(TableFileError, match="'a': found 'x', which is no number"):
        read_table(sql="SELECT 'x' AS a", expect={"a": "number"})


def test_large_names_are_not_rounded() -> None:
    query = "SELECT 9007199254740993 AS a, 1 AS b"
    assert read_table(sql=query, exact=["a", "b"])["a"].tolist() == ["9007199254740993"]
    assert read_table(sql=query, exact=["a", "b"])["b"].tolist() == [1]
