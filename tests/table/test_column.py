"""One column: its missing rows, and its numbers as names of categories."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.table.column import (
    BOOLEAN,
    CATEGORY,
    DATETIME,
    NUMERIC,
    Column,
    as_category,
    number_level,
)


@pytest.mark.parametrize("kind", [NUMERIC, DATETIME])
def test_numbers_become_levels(kind):
    column = as_category(Column("a", kind, np.array([2.0, np.nan, 0.5, 2.0])))
    assert (column.kind, column.levels) == (CATEGORY, (0.5, 2))
    np.testing.assert_array_equal(column.values, [1, -1, 0, 1])
    np.testing.assert_array_equal(column.missing, [False, True, False, False])


def test_what_has_levels_stays():
    column = Column("a", BOOLEAN, np.array([0, -1, 1]), (False, True))
    assert as_category(column) is column
    np.testing.assert_array_equal(column.missing, [False, True, False])


def test_large_whole_numbers_are_names():
    found = [number_level(v) for v in (2.0, np.int8(3), 0.5, 2**53, 2.0**53)]
    assert found == [2, 3, 0.5, "9007199254740992", "9007199254740992"]
    assert [type(level) for level in found[:3]] == [int, int, float]
