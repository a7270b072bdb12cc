"""The argument `categorical_features`: names, indices or a mask."""

from __future__ import annotations

import pytest

from chainrule.errors import DataError
from chainrule.table.encode.categorical_features import categorical_indices
from chainrule.table.frame import as_table
from encoding import MIXED, fit, inputs


@pytest.mark.parametrize(
    ("features", "expected"),
    [(None, set()), ("sex", {3}), (["age", -1], {0, 7}), ([False, True] + [False] * 6, {1})],
)
def test_which_columns_are_meant(features, expected):
    assert categorical_indices(as_table(MIXED), features) == expected


@pytest.mark.parametrize("chosen", [["size"], [1], [-7], [False, True] + [False] * 6])
def test_numbers_can_be_declared_categories(chosen):
    encoder = fit(MIXED, categorical_features=chosen)
    assert [n for n in encoder.input_names if n.startswith("size")] == [
        f"size={k}" for k in range(1, 7)
    ]
    assert inputs(encoder, MIXED.assign(size=MIXED["size"].astype(float))).shape == (6, 14)


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        (["sizes"], "Did you mean 'size'"),
        ([8], "indices below 8"),
        ([True], "mask of 1 entries"),
        ([1.5], "1.5"),
        (3, "a list of names, indices or booleans"),
    ],
)
def test_wrong_categorical_features(chosen, message):
    with pytest.raises(DataError, match=message):
        fit(MIXED, categorical_features=chosen)
