"""Every container gives the same typed columns, and no impossible table passes."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp

from chainrule.errors import DataError
from chainrule.table.frame import as_table
from encoding import columns, plain

NUMBERS = [1.5, None, -3.0]


WORDS = ["b", None, "a"]


FLAGS = [True, None, False]


DAYS = [datetime.datetime(1970, 1, 2), None, datetime.datetime(2020, 1, 1, 12)]


ROWS = [list(row) for row in zip(NUMBERS, WORDS, FLAGS, DAYS, strict=True)]


NAMES = ["number", "word", "flag", "day"]


PLAIN = dict(zip(NAMES, (NUMBERS, WORDS, FLAGS, [1.0, None, 18262.5]), strict=True))


def pandas_frame(**dtypes):
    frame = pd.DataFrame({name: pd.Series(PLAIN[name], dtype=object) for name in NAMES[:3]})
    frame["day"] = pd.to_datetime(pd.Series(DAYS)).astype(dtypes.pop("day", "datetime64[ns]"))
    return frame.astype(dtypes)


CONTAINERS = {
    "pandas objects": pandas_frame(),
    "pandas numpy": pandas_frame(number="float64", word="str"),
    "pandas nullable": pandas_frame(number="Float64", word="string", flag="boolean"),
    "pandas arrow": pandas_frame(
        number="double[pyarrow]",
        word="string[pyarrow]",
        flag="bool[pyarrow]",
        day="timestamp[us][pyarrow]",
    ),
    "pandas category": pandas_frame(number="float64", word="category", flag="category"),
    "polars": pl.DataFrame(dict(zip(NAMES, (NUMBERS, WORDS, FLAGS, DAYS), strict=True))),
    "polars category": pl.DataFrame(
        dict(zip(NAMES, (NUMBERS, WORDS, FLAGS, DAYS), strict=True))
    ).with_columns(pl.col("word").cast(pl.Categorical)),
    "polars enum": pl.DataFrame(
        dict(zip(NAMES, (NUMBERS, WORDS, FLAGS, DAYS), strict=True))
    ).with_columns(pl.col("word").cast(pl.Enum(["a", "b", "c"]))),
    "pyarrow": pa.table(dict(zip(NAMES, (NUMBERS, WORDS, FLAGS, DAYS), strict=True))),
    "pyarrow dictionary": pa.table(
        [
            pa.array(NUMBERS),
            pa.array(WORDS).dictionary_encode(),
            pa.array(FLAGS),
            pa.array(DAYS, pa.timestamp("us", tz="UTC")),
        ],
        names=NAMES,
    ),
    "mapping": {
        "number": np.array([1.5, np.nan, -3.0]),
        "word": np.array(WORDS, dtype=object),
        "flag": FLAGS,
        "day": np.array(DAYS, dtype="datetime64[s]"),
    },
    "object array": np.array(ROWS, dtype=object),
    "list of rows": ROWS,
}


@pytest.mark.parametrize("container", CONTAINERS)
def test_every_container_gives_the_same_values(container):
    X = CONTAINERS[container]
    table = as_table(X)
    assert table.n_rows == 3
    named = container not in ("object array", "list of rows")
    assert table.named is named
    assert table.names == (tuple(NAMES) if named else ("x0", "x1", "x2", "x3"))
    found = [plain(table.column(index)) for index in range(4)]
    assert found == [PLAIN[name] for name in NAMES]
    assert [table.column(index).kind for index in (0, 1, 3)] == ["numeric", "category", "datetime"]


def test_sparse_is_read_column_by_column():
    dense = np.array([[0, 2.5], [0, 0], [-1, 0]])
    for X in (sp.csr_matrix(dense), sp.coo_array(dense), sp.csc_array(dense)):
        table = as_table(X)
        np.testing.assert_array_equal(
            np.column_stack([table.column(j).values for j in (0, 1)]), dense
        )


def test_number_column_names_are_names_and_no_strings():
    table = as_table(pd.DataFrame(np.eye(2)))
    assert (table.names, table.named, table.strings) == (("0", "1"), True, False)
    assert table.numbered and not as_table(pd.DataFrame(np.eye(2), columns=[1, 0])).numbered


WRONG = {
    "None": (None, "X is None"),
    "no rows": (np.zeros((0, 3)), r"0 sample\(s\)"),
    "no columns": (np.zeros((3, 0)), r"0 feature\(s\)"),
    "empty mapping": ({}, r"0 feature\(s\)"),
    "one dimension": (np.zeros(3), "Reshape your data"),
    "three dimensions": (np.zeros((1, 2, 3)), "3 dimension"),
    "a number": (3, "of type int, which is no table"),
    "series": (pd.Series([1.0]), "1 dimension"),
    "lazy": (pl.LazyFrame({"a": [1]}), "lazy"),
    "ragged": ([[1, 2], [3]], "different lengths"),
    "uneven mapping": ({"a": [1, 2], "b": [1]}, "column 'b' of X has 1 rows"),
    "duplicate pandas": (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns named 'a'"),
    "duplicate pyarrow": (pa.table([[1], [2]], names=["a", "a"]), "two columns named 'a'"),
    "mixed names": (pd.DataFrame([[1, 2]], columns=["a", 3]), "types int, str"),
    "structured": (np.zeros((2, 2), dtype=[("a", float)]), "structured"),
    "2**40 rows": (np.broadcast_to(1.0, (2**40, 3)), "1,099,511,627,776 rows"),
    "2**61 rows": (np.broadcast_to(np.int8(1), (2**61, 1)), "more than this machine"),
    "2**31 columns": (np.broadcast_to(np.int8(1), (2**20, 2**31)), "more than this machine"),
}


@pytest.mark.parametrize("case", WRONG)
def test_impossible_tables_are_refused(case):
    X, message = WRONG[case]
    with pytest.raises(DataError, match=message):
        as_table(X)


def test_nothing_is_written_to_the_input():
    X = np.array([[1.0, np.nan], [2.0, 3.0]])
    X.setflags(write=False)
    columns(X)
    frame = CONTAINERS["pandas objects"].copy(deep=True)
    columns(frame)
    pd.testing.assert_frame_equal(frame, CONTAINERS["pandas objects"])
