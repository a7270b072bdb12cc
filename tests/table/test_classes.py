"""Numbers that mean classes, and columns that are one class of several."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from chainrule.table.classes import is_one_hot, means_classes, one_hot_notice

ONE_HOT = np.eye(3)[[0, 1, 2, 2]]


@pytest.mark.parametrize(
    ("values", "expected"),
    [([0, 1, 1], True), ([1.0, 3.0], True), ([0.5, 1], False), (range(20), True)],
)
def test_whole_numbers_of_few_values_mean_classes(values: Any, expected: bool) -> None:
    assert means_classes(np.array(values)) is expected
    assert not means_classes(np.arange(21))


@pytest.mark.parametrize("y", [ONE_HOT, ONE_HOT.astype(bool), ONE_HOT.astype(np.int8)])
def test_one_hot(y: np.ndarray) -> None:
    assert is_one_hot(y)
    assert is_one_hot(y[:, 1:]) is False  # a row without a 1
    assert is_one_hot(y[:, 0]) is False


@pytest.mark.parametrize(
    "y", [ONE_HOT * 2, ONE_HOT - [[1, -1, 0]], np.full((4, 2), 0.5), ONE_HOT.astype(str)]
)
def test_other_columns(y: np.ndarray) -> None:
    assert is_one_hot(y) is False


def test_the_notice_takes_what_people_have() -> None:
    for y in (ONE_HOT.tolist(), pd.get_dummies(pd.Series(["a", "b", "a"]))):
        told = one_hot_notice(y, "do this")
        assert told is not None and told.endswith("For classes do this.")
    assert one_hot_notice([[1, 0]], "") is None  # one row is no pattern
    assert one_hot_notice([[1, 0], [1]], "") is None  # refused by the fit
