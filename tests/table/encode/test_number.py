"""Numbers as inputs: centred, scaled, clipped, and flagged where missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from chainrule.errors import DataError
from chainrule.table.column import NUMERIC, Column
from chainrule.table.encode.column_encoder import UnusedEncoder
from chainrule.table.encode.number import fit_number
from encoding import MIXED, clip, fit, inputs


def test_numbers_are_centred_scaled_and_clipped():
    x = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    out = inputs(fit(x[:, None]), x[:, None])[:, 0]
    np.testing.assert_allclose(out, clip((x - 3.0) / (4.0 - 2.0)), rtol=1e-15)
    assert np.all(np.abs(inputs(fit(x[:, None]), np.array([[1e308], [-1e308]]))) < 3.0 + 1e-12)


def test_only_the_flag_of_a_number_that_never_changed():
    encoder = fit_number(Column("a", NUMERIC, np.array([7.0, np.nan, 7.0])), None)
    assert (encoder.input_names, encoder.factor) == (("a?",), 0.0)
    same = fit_number(Column("a", NUMERIC, np.array([7.0, 7.0])), None)
    assert same == UnusedEncoder("a", NUMERIC)


def test_a_column_that_changes_its_type_is_refused():
    encoder = fit(MIXED)
    with pytest.raises(DataError, match=r"'size' held numbers .* categories now \('big' in row 0"):
        inputs(encoder, MIXED.assign(size=["big"] * 6))
    with pytest.raises(DataError, match=r"'island' held categories .* dates now"):
        inputs(encoder, MIXED.assign(island=pd.Timestamp("2020-01-01")))
    np.testing.assert_array_equal(  # no value at all fits every type
        inputs(encoder, MIXED.assign(size=pd.Series([None] * 6, dtype=object)))[:, 1], 0.0
    )


def test_extreme_numbers_stay_finite():
    X = np.array([[-1.7e308], [1.7e308], [0.0], [5e-324]])
    assert np.isfinite(inputs(fit(X), X)).all()
    tiny = np.array([[0.0], [5e-324], [1e-323], [1.0]])
    assert np.isfinite(inputs(fit(tiny), tiny)).all()
