"""Labels and numbers: what is accepted, what comes back, and each refusal."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from sklearn.exceptions import DataConversionWarning

from chainrule.errors import DataError
from chainrule.estimators.tabular.targets import Labels, read_numbers, read_target, refuse_constant


def labels(y):
    return Labels.fit(read_target(y, len(y)))


@pytest.mark.parametrize(
    "y",
    [
        ["b", "a", "b"],
        np.array(["b", "a", "b"]),
        np.array(["b", "a", "b"], dtype=object),
        pd.Series(["b", "a", "b"]),
        pd.Series(["b", "a", "b"], dtype="category"),
        pd.Series(["b", "a", "b"], dtype="string[pyarrow]"),
        pl.Series(["b", "a", "b"]),
        pl.Series(["b", "a", "b"], dtype=pl.Categorical),
        pa.chunked_array([["b", "a"], ["b"]]),
        pa.chunked_array([["b", "a", "b"]]).dictionary_encode(),
    ],
    ids=lambda y: type(y).__name__,
)
def test_text_labels_of_any_container(y):
    found = labels(y)
    assert found.classes.tolist() == ["a", "b"]
    codes = found.encode(read_target(y, 3))
    np.testing.assert_array_equal(codes, [1, 0, 1])
    assert found.decode(np.eye(2)[codes]).tolist() == ["b", "a", "b"]


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        ([3, 1, 3], [1, 3]),
        ([True, False], [False, True]),
        ([0.0, 2.0], [0.0, 2.0]),
        (np.array([2, 1], dtype=object), [1, 2]),
        (np.array([2, 1], dtype="u8"), [1, 2]),
        (pd.Series([True, False], dtype="boolean"), [False, True]),
        (pd.Series([7, 5], dtype="Int64"), [5, 7]),
        ([2**60, 2**60 + 1], [2**60, 2**60 + 1]),
    ],
)
def test_classes_survive_json(y, classes):
    found = labels(y)
    assert found.classes.tolist() == classes
    again = Labels.from_json(json.loads(json.dumps(found.to_json())))
    assert again.classes.dtype == found.classes.dtype
    np.testing.assert_array_equal(again.classes, found.classes)
    assert again.multilabel is False


def test_several_labels_at_once():
    y = np.array([[0, 1, 1], [1, 0, 1]])
    found = labels(y)
    assert (found.multilabel, len(found.classes)) == (True, 3)
    np.testing.assert_array_equal(found.encode(y), y)
    np.testing.assert_array_equal(found.decode(np.array([[0.2, 0.5, 0.9]])), [[0, 0, 1]])


@pytest.mark.parametrize("values", [[1, 2**63], [2**53, 2**53 + 1]])
def test_long_whole_labels_keep_every_digit(values):
    assert Labels.fit(read_target(values, 2)).classes.tolist() == values


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (["a", "a"], "one class, 'a'"),
        ([0.5, 1.5], "continuous"),
        ([1.0, np.inf], "continuous"),
        ([1.0, np.nan], "NaN or another missing value in row 1"),
        (["a", None, "b"], "missing value in row 1"),
        (pd.Series([1, None], dtype="Int64"), "missing value in row 1"),
        (pa.array(["a", None]).dictionary_encode(), "missing value in row 1"),
        ([1, "a"], "Unknown label type: y mixes or holds int, str"),
        (np.array(["2020", "2021"], dtype="M8[D]"), "Unknown label type"),
        ([[0, 2], [1, 0]], "Unknown label type"),
        ([[1], [1, 2]], "different lengths"),
        ([1j, 2], "Complex data"),
        ([2**70, 2**70 + 1], "whole numbers that 64 bits do not hold"),
        ([-1, 2**63], "whole numbers that 64 bits do not hold"),
        (np.zeros(2, [("a", "f4")]), "structured array"),
        (np.ma.array([1, 2, 3], mask=[False, True, False]), "missing value in row 1"),
        (sp.csr_matrix([[1, 0]]).T, "sparse"),
        (np.zeros((2, 1, 1)), "1d array"),
        (np.zeros((2, 0)), "no columns"),
    ],
    ids=str,
)
def test_refused_labels(y, message):
    with pytest.raises(DataError, match=message):
        Labels.fit(read_target(y, y.shape[0] if hasattr(y, "shape") else len(y)))


def test_no_target_and_wrong_lengths():
    with pytest.raises(DataError, match="requires y to be passed, but the target y is None"):
        read_target(None, 2)
    with pytest.raises(DataError, match="X has 2 rows and y has 3"):
        read_target([1, 2, 3], 2)
    with pytest.raises(DataError, match="1099511627776"):
        read_target(np.broadcast_to(1.0, (2**40,)), 2)


def test_an_unknown_class_is_named():
    with pytest.raises(DataError, match="eval_y holds the class 'c'"):
        labels(["a", "b"]).encode(np.array(["a", "c"]), "eval_y")


def test_a_column_is_read_as_a_vector_with_a_warning():
    for y in (np.array([[1], [2]]), pd.DataFrame({"y": [1, 2]})):
        with pytest.warns(DataConversionWarning, match="column-vector y was passed"):
            assert read_target(y, 2).shape == (2,)


def test_numbers():
    assert read_numbers(pd.Series([1, 2], dtype="Int64"), 2).dtype == np.float64
    assert read_numbers([[1, 2], [3, 4]], 2).shape == (2, 2)
    with pytest.raises(DataError, match="not numbers"):
        read_numbers(["a", "b"], 2)
    with pytest.raises(DataError, match=r"infinity .* row 1"):
        read_numbers([1.0, np.inf], 2)
    with pytest.raises(DataError, match="row 0"):
        read_numbers([np.nan, 1.0], 2)
    with pytest.raises(DataError, match="y is 3 in every row"):
        refuse_constant(np.array([3.0, 3.0]))
