"""Cells of any type as typed columns; what cannot be learned from is refused."""

from __future__ import annotations

import datetime
import decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp

from chainrule.errors import DataError
from chainrule.table.column import CATEGORY
from chainrule.table.frame import as_table
from chainrule.table.values import column_from_array, from_codes
from encoding import columns, plain


@pytest.mark.parametrize("dtype", ["f2", "f4", ">f8", "i1", "u8", "longdouble", "?"])
def test_number_types_of_numpy(dtype):
    X = np.array([[0, 1], [1, 0], [1, 1]], dtype=dtype)
    table = as_table(X[::-1])
    np.testing.assert_array_equal(table.column(1).values, [1, 0, 1])


def test_object_columns_follow_their_cells():
    found = columns(
        {
            "ints": np.array([1, None, 3], dtype=object),
            "decimals": np.array([decimal.Decimal("1.5"), None, 2], dtype=object),
            "mixed": np.array([1, "a", np.nan], dtype=object),
            "empty": np.array([None, np.nan, pd.NA], dtype=object),
            "zoned": [datetime.datetime(1970, 1, 2, tzinfo=datetime.UTC), pd.NaT, None],
            "spans": np.array([36, 12, "NaT"], dtype="timedelta64[h]"),
        }
    )
    assert plain(found["ints"]) == [1.0, None, 3.0]
    assert plain(found["decimals"]) == [1.5, None, 2.0]
    assert (found["mixed"].kind, plain(found["mixed"])) == ("category", [1, "a", None])
    assert (found["empty"].kind, plain(found["empty"])) == ("numeric", [None] * 3)
    assert (found["zoned"].kind, plain(found["zoned"])) == ("datetime", [1.0, None, None])
    assert plain(found["spans"]) == [1.5, 0.5, None]


def test_masked_cells_are_missing():
    X = np.ma.array([[1.0, 2.0], [3.0, 4.0]], mask=[[True, False], [False, False]])
    assert plain(as_table(X).column(0)) == [None, 3.0]


MASKED = {
    "text": np.array(["a", "b", "a"]),
    "objects": np.array(["a", "b", "a"], object),
    "dates": np.array(["2020-01-01", "2020-01-02", "2020-01-03"], "M8[D]"),
    "durations": np.array([1, 2, 3], "m8[h]"),
    "booleans": np.array([True, False, True]),
    "small numbers": np.array([1, 2, 3], np.uint8),
    "infinity": np.array([1.0, np.inf, 3.0]),
}


@pytest.mark.parametrize("case", MASKED)
@pytest.mark.parametrize("form", ["column", "array", "frame", "list"])
def test_masked_cells_of_any_type_are_missing(case, form):
    """And the others are what they are without a mask."""
    shown = MASKED[case]
    hidden = np.ma.array(shown, mask=[False, True, False])
    forms = {
        "column": lambda values: {"c": values},
        "array": lambda values: values.reshape(-1, 1),
        "frame": lambda values: pd.DataFrame({"c": values}),
        "list": lambda values: [[cell] for cell in values],
    }
    found = as_table(forms[form](hidden)).column(0)
    alone = as_table({"c": shown[[0, 2]]}).column(0)
    first, gap, last = plain(found)
    assert gap is None
    if (case, form) != ("booleans", "list"):  # NumPy counts them there
        assert found.kind == alone.kind
    assert [first, last] == plain(alone)


def test_equal_levels_of_different_types_are_one():
    column = columns(pd.DataFrame({"c": pd.Categorical([np.float64(2), 3.5, None])}))["c"]
    assert plain(column) == [2, 3.5, None]
    assert [type(level) for level in column.levels] == [int, float]


def test_codes_of_equal_and_of_missing_levels():
    column = from_codes("c", np.array([0, 1, 2, 3, -1]), ["a", None, "a", "b"])
    assert (column.kind, column.levels) == (CATEGORY, ("a", "b"))
    np.testing.assert_array_equal(column.values, [0, -1, 0, 1, -1])


def test_a_date_has_the_same_bits_in_every_unit():
    noon = np.datetime64("2020-01-01T12:00:00", "s")
    for unit in ("h", "m", "s", "ms", "us", "ns"):
        column = column_from_array("d", np.array([noon, "NaT"], f"datetime64[{unit}]"))
        np.testing.assert_array_equal(column.values, [18262.5, np.nan])


BAD_COLUMNS = {
    "inf": (np.array([[0.0, 1], [0, np.inf]]), "column 'x1' of X holds infinity .* in row 1"),
    "-inf": (np.array([[-np.inf], [np.inf]]), "row 0"),
    "inf behind NaN": (np.array([[np.nan], [np.inf]]), "row 1"),
    "huge integer": (np.array([[1], [10**400]], dtype=object), "row 1"),
    "longdouble": (np.array([[np.longdouble("1e4000")]]), "row 0"),
    "sparse inf": (sp.csr_matrix([[np.inf]]), "'x0'"),
    "frame inf": (pd.DataFrame({"a b": [1.0, np.inf]}), "column 'a b'"),
    "complex": (np.array([[1j]]), "Complex data not supported"),
    "complex cells": (np.array([[1], ["a"], [2j]], dtype=object), "Complex data not supported"),
    "complex pandas": (pd.DataFrame({"a": [1j]}), "Complex data not supported"),
    "bytes": (np.array([[b"a"]]), "S1"),
    "dict cell": (np.array([[1.0], [{"a": 1}]], dtype=object), "type dict in row 1"),
    "list cell": (pd.DataFrame({"a": [[1], [2]]}), "type list"),
    "period": (pd.DataFrame({"a": pd.period_range("2020", periods=2)}), "type Period"),
    "struct": (pa.table({"a": [{"b": 1}]}), "Struct"),
    "polars list": (pl.DataFrame({"a": [[1]]}), "List"),
    "binary": (pa.table({"a": [b"x"]}), "Binary"),
    "zoned time of day": (
        {"a": [datetime.time(1, tzinfo=datetime.UTC)]},
        "times of day with a zone",
    ),
    "half zoned": (
        {"a": [datetime.datetime.min, datetime.datetime.max.replace(tzinfo=datetime.UTC)]},
        r"times of the zone UTC \(row 1\) beside times without a zone \(row 0\)",
    ),
}


@pytest.mark.parametrize("case", BAD_COLUMNS)
def test_bad_columns_are_refused_by_name(case):
    X, message = BAD_COLUMNS[case]
    with pytest.raises(DataError, match=message):
        columns(X)
