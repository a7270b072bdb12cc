"""Series of several libraries as one typed column."""

from __future__ import annotations

import datetime

import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from chainrule.errors import DataError
from chainrule.table.column import BOOLEAN, CATEGORY, DATETIME, NUMERIC
from chainrule.table.series import column_from_series
from encoding import plain

DAY = datetime.datetime(1970, 1, 2)
SERIES = {
    "pandas numbers": (pd.Series([1, None], dtype="Int64"), NUMERIC, [1.0, None]),
    "pandas intervals": (pd.Series(pd.cut([0, 9], [0, 5, 9])), CATEGORY, [None, "(5, 9]"]),
    "pandas booleans": (pd.Series([True, None], dtype="boolean"), BOOLEAN, [True, None]),
    "polars text": (pl.Series(["b", None]), CATEGORY, ["b", None]),
    "polars dates": (pl.Series([DAY, None]), DATETIME, [1.0, None]),
    "arrow numbers": (pa.chunked_array([[2**60], [None]]), NUMERIC, [2.0**60, None]),
    "arrow words": (pa.chunked_array([pa.array(["a", None]).dictionary_encode()]), CATEGORY,
                    ["a", None]),
}  # fmt: skip


@pytest.mark.parametrize("case", SERIES)
def test_series(case):
    series, kind, expected = SERIES[case]
    column = column_from_series("c", nw.from_native(series, series_only=True))
    assert (column.name, column.kind, plain(column)) == ("c", kind, expected)


def test_lists_are_refused():
    with pytest.raises(DataError, match="column 'c' of X has type List"):
        column_from_series("c", nw.from_native(pl.Series([[1]]), series_only=True))


def test_missing_numbers_are_nan():
    series = nw.from_native(pl.Series([None, 1.5]), series_only=True)
    np.testing.assert_array_equal(column_from_series("c", series).values, [np.nan, 1.5])
