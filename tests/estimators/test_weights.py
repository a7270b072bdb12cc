"""Row and class weights."""

from __future__ import annotations

import numpy as np
import pandas as pd
import polars as pl
import pytest

from chainrule.errors import DataError
from chainrule.estimators.weights import class_weights, read_weights, row_count

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
        (np.broadcast_to(1.0, (2**40,)), "1099511627776 rows"),
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


def test_weights_claim_no_more_rows_than_there_are():
    weights = np.random.default_rng(0).gamma(0.5, size=40)
    assert row_count(40, None) == row_count(40, np.full(40, 7.0)) == 40.0
    assert 1.0 < row_count(40, weights) < 40.0
    assert row_count(40, 1024 * weights) == row_count(40, weights)
    assert row_count(3, np.array([1e30, 1e-30, 0.0])) == 1.0
    some = np.r_[weights[:20], np.zeros(20)]
    assert row_count(40, some) == pytest.approx(row_count(20, weights[:20]), rel=1e-14)


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
