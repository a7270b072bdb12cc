"""The encoder of a column that is not used."""

from __future__ import annotations

import numpy as np

from chainrule.table.column import BOOLEAN, CATEGORY, NUMERIC, Column
from chainrule.table.encode.column_encoder import UnusedEncoder, counted


def test_an_unused_column_takes_every_value():
    encoder = UnusedEncoder("a", NUMERIC)
    out = np.empty((2, 0))
    for column in (
        Column("a", NUMERIC, np.array([1.0, np.nan])),
        Column("a", BOOLEAN, np.array([0, 1]), (False, True)),
    ):
        assert encoder.write(column, out) is None
    assert (encoder.input_names, encoder.groups) == ((), ())
    assert (encoder.file_kind, UnusedEncoder("a", CATEGORY).file_kind) == (None, "text")


def test_counted():
    assert [counted(n, "row") for n in (0, 1, 2)] == ["0 rows", "1 row", "2 rows"]
    assert counted(2, "category", "categories") == "2 categories"
