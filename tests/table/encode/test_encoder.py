"""A whole table as inputs: their order, their names, and what is told about new rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from chainrule.errors import DataError
from chainrule.table.encode.encoder import CONSTANT_INPUT, Encoder
from chainrule.table.frame import as_table
from encoding import MIXED, fit, inputs

NAMES = ("age", "size", "age?", "island=A", "island=B", "island=C", "sex=f", "only=x",
         "member=False")  # fmt: skip


def test_input_names_and_notices():
    encoder, notices = Encoder.fit(as_table(MIXED))
    assert encoder.input_names == NAMES
    assert notices == [
        "X has 2 columns ('same', 'blank') without any change, which the model does not use."
    ]
    assert encoder.column_names == tuple(MIXED.columns)
    out, notices = encoder.transform(as_table(MIXED))
    assert (out.shape, out.dtype, out.flags.c_contiguous, notices) == ((6, 9), np.float32, True, [])
    assert np.isfinite(out).all()


def test_unseen_and_first_missing_values_are_counted():
    encoder = fit(MIXED)
    new = MIXED.assign(
        island=["Z", "A", "Y", "A", None, "Z"], size=[1, None, 3, None, 5, 6], sex=["q"] * 6
    )
    out, notices = encoder.transform(as_table(new), np.float64)
    old = inputs(encoder, MIXED)
    np.testing.assert_array_equal(out[0, 3:6], old[4, 3:6])  # unseen as missing
    np.testing.assert_array_equal(out[:, 6], old[2, 6])
    assert out[1, 1] == 0.0
    assert len(notices) == 3
    assert "'size' has 2 missing values" in notices[0]
    assert "'island' has 3 rows with 2 categories" in notices[1]
    assert "'Z', 'Y'" in notices[1]


def test_columns_are_found_by_name():
    encoder = fit(MIXED)
    expected = inputs(encoder, MIXED)
    mixed_up = MIXED[MIXED.columns[::-1]].assign(extra=1)
    out, notices = encoder.transform(as_table(mixed_up), np.float64)
    np.testing.assert_array_equal(out, expected)
    assert "'extra'" in notices[0]
    with pytest.raises(DataError, match=r"lacks the column 'island'.*Did you mean 'Island'"):
        inputs(encoder, MIXED.rename(columns={"island": "Island"}))
    with pytest.raises(DataError, match="lacks the column 'same'"):
        inputs(encoder, MIXED.drop(columns="same"))
    with pytest.raises(DataError, match="trained on 8"):
        inputs(encoder, np.zeros((2, 3)))


def test_order_of_rows_and_of_levels_does_not_matter():
    shuffled = MIXED.iloc[[3, 1, 5, 0, 4, 2]]
    levels = MIXED.assign(island=pd.Categorical(MIXED["island"], ["C", "unused", "B", "A"]))
    assert fit(shuffled) == fit(MIXED) == fit(levels)


def test_rows_of_weight_k_fit_as_k_rows():
    weights = np.array([3, 1, 2, 1, 4, 2])
    weighted, repeated = (
        fit(MIXED, weights.astype(float)),
        fit(MIXED.loc[MIXED.index.repeat(weights)]),
    )
    np.testing.assert_allclose(inputs(weighted, MIXED), inputs(repeated, MIXED), rtol=1e-12)


def test_the_first_encoders_wrote_column_after_column():
    form = fit(MIXED).to_json()
    del form["grouped"]
    old = Encoder.from_json(form)
    assert old.input_names == (
        "age", "age?", "size", "island=A", "island=B", "island=C", "sex=f", "only=x",
        "member=False",
    )  # fmt: skip
    new = inputs(fit(MIXED), MIXED)
    np.testing.assert_array_equal(inputs(old, MIXED), new[:, [0, 2, 1, *range(3, 9)]])
    assert old.to_json() == form


def test_a_table_of_constants_has_one_input():
    X = np.ones((4, 2))
    encoder, notices = Encoder.fit(as_table(X))
    assert (encoder.input_names, len(notices)) == ((CONSTANT_INPUT,), 1)
    np.testing.assert_array_equal(inputs(encoder, X), np.zeros((4, 1)))


def test_kinds_that_a_file_must_hold():
    assert fit(MIXED, categorical_features=["size"]).file_kinds == {
        "age": "number",
        "size": "number",
        "island": "text",
        "sex": "text",
        "only": "text",
        "member": "boolean",
        "blank": "text",  # not used, and text accepts every value
    }
