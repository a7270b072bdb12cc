"""Columns of which a number type cannot tell the values apart are named before training."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from chainrule import Network
from chainrule.errors import DataNotice
from chainrule.network.resolution import lost_digits

SINGLE, DOUBLE = np.dtype(np.float32), np.dtype(np.float64)
SECONDS = 1.7e9 + np.arange(60.0)[:, None]


def test_a_minute_of_unix_times_is_one_number_in_float32():
    told = lost_digits(np.hstack([np.ones((60, 1)), SECONDS, SECONDS]), SINGLE)
    assert told is not None
    assert told.startswith("column 1 of X goes from 1700000000 to 1700000059, where float32 has")
    assert "a step of 128: values become equal, and 1 more columns like it." in told
    assert lost_digits(SECONDS.astype(np.int64), SINGLE) is not None


@pytest.mark.parametrize(
    "X",
    [
        SECONDS - 1.7e9,
        np.array([[1e9], [1e9 + 64], [1e9 + 128]]),  # steps of float32 themselves
        np.full((3, 1), 1.7e9 + 1),  # one value to begin with
        SECONDS.astype(np.float32),  # nothing is lost here any more
        np.random.default_rng(0).normal(size=(50, 3)),
        np.array([[-3e38], [3e38]]),
    ],
)
def test_what_loses_nothing_is_not_named(X):
    assert lost_digits(X, SINGLE) is None


def test_fit_says_so_once_and_double_precision_does_not():
    y = np.sin(np.arange(60.0))
    with pytest.warns(DataNotice, match="column 0 of X.*dtype='float64'"):
        Network([1, 2, 1], random_state=0).fit(SECONDS, y, epochs=1, learning_rate=1e-30)
    assert lost_digits(SECONDS, DOUBLE) is None
    with warnings.catch_warnings():
        warnings.simplefilter("error", DataNotice)
        Network([1, 2, 1], dtype="float64", random_state=0).fit(
            SECONDS, y, epochs=1, learning_rate=1e-30
        )
