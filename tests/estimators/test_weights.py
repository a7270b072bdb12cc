"""Row and class weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from chainrule.errors import DataError
from chainrule.estimators.weights import class_weights, read_weights

CLASSES = np.array(["a", "b"])


def test_weights_are_copied():
    given = np.array([1.0, 2.0])
    read_weights(given, 2)[0] = 9.0
    assert given[0] == 1.0
    assert read_weights(None, 2) is None
    for weights in ([1, 2], pd.Series([1, 2]), pl.Series([1, 2])):
        np.testing.assert_array_equal(read_weights(weights, 2), [1.0, 2.0])


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0], r"shape \(1,\)"),
        (np.ones((2, 1)), r"shape \(2, 1\)"),
        (np.broadcast_to(1.0, (2**40,)), "shape"),
        ([1.0, -1.0], "-1 in row 1"),
        ([np.nan, 1.0], "nan in row 0"),
        ([np.inf, 1.0], "inf in row 0"),
        ([0, 0], "zero in every row"),
        (["a", "b"], "one number per row"),
    ],
)
def test_refused_weights(weights, message):
    with pytest.raises(DataError, match=message):
        read_weights(weights, 2)


def test_balanced_counts_weights():
    codes = np.array([0, 0, 0, 1])
    np.testing.assert_allclose(class_weights("balanced", CLASSES, codes, None), [4 / 6, 4 / 2])
    weights = np.array([1.0, 1.0, 1.0, 3.0])
    np.testing.assert_allclose(class_weights("balanced", CLASSES, codes, weights), [1.0, 1.0])


def test_mappings():
    codes = np.array([0, 1])
    assert class_weights(None, CLASSES, codes, None) is None
    np.testing.assert_array_equal(class_weights({"b": 3}, CLASSES, codes, None), [1.0, 3.0])
    all_and_more = {"a": 1, "b": 3, "c": 2}
    np.testing.assert_array_equal(class_weights(all_and_more, CLASSES, codes, None), [1.0, 3.0])


@pytest.mark.parametrize(
    ("class_weight", "message"),
    [
        ({"B": 3}, "class 'B', which y does not have"),
        ({"a": -1}, "at least 0"),
        ({"a": 0, "b": 0}, "above 0"),
        ("uniform", "'uniform'"),
        ([1, 2], "mapping"),
    ],
)
def test_refused_class_weights(class_weight, message):
    with pytest.raises(DataError, match=message):
        class_weights(class_weight, CLASSES, np.array([0, 1]), None)
