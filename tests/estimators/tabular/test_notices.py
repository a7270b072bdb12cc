"""What a fit tells stands at the line that asked for it, and is told once."""

from __future__ import annotations

import warnings
from inspect import currentframe
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import DataConversionWarning

from chainrule import TabularRegressor
from chainrule.errors import DataNotice, DivergedError

X = np.random.default_rng(0).normal(size=(60, 3))


def told_of(column: Any, **arguments: Any) -> tuple[list[Any], int]:
    model = TabularRegressor(hidden_layer_sizes=(8,), epochs=2, **arguments)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            line = currentframe().f_lineno + 1  # type: ignore[union-attr]
            model.fit(X, column)
        except DivergedError:
            pass
    return told, line


@pytest.mark.parametrize("n_threads", [1, 2])
def test_lower_rates_are_told_once_for_all_networks(n_threads: int) -> None:
    told, line = told_of(X[:, 0], n_members=4, learning_rate=1e6, n_threads=n_threads)
    lower = [one for one in told if "with a learning rate of" in str(one.message)]
    assert len(lower) == 1 and lower[0].category is DataNotice
    assert (lower[0].filename, lower[0].lineno) == (__file__, line)
    text = str(lower[0].message)
    assert text.startswith("in network 0, numbers left the finite ones in epoch 0")
    assert text.endswith("3 other networks lowered theirs, too.")


def test_a_column_vector_is_told_where_it_was_given() -> None:
    told, line = told_of(X[:, :1], preset="fast")
    assert [(one.category, one.filename, one.lineno) for one in told] == [
        (DataConversionWarning, __file__, line)
    ]
