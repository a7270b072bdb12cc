"""A column's values in a few words."""

from __future__ import annotations

import numpy as np

from chainrule.cli.columns import classes_in_words, first_columns, values_in_words


def test_one_more_column_takes_the_place_of_its_line() -> None:
    assert first_columns(range(31)) == (range(31), [])
    assert first_columns(range(32)) == (range(30), ["  ... and 2 more columns"])


def test_values() -> None:
    numbers = np.array([3.0, np.nan, 1.25])
    assert values_in_words(numbers, "number") == "1.25 to 3"
    days = np.array(["2024-01-02", "NaT", "2024-01-01"], "M8[D]")
    assert values_in_words(days, "datetime") == "2024-01-01T00:00:00 to 2024-01-02T00:00:00"
    words = np.array(["a", None, "b", "b"], object)
    assert values_in_words(words, "text") == "2 values: b, a"
    assert values_in_words(words[:1], "text") == "1 value: a"
    assert values_in_words(words[1:2], "empty") == "none"


def test_long_lists_are_cut() -> None:
    words = np.array([f"word number {k}" for k in range(30)], object)
    found = values_in_words(words, "text")
    assert found.endswith(", ...") and len(found) <= 41
    assert classes_in_words(np.array(["x" * 40])) == f"{'x' * 21}... 1"


def test_classes_by_their_counts() -> None:
    assert classes_in_words(np.array([2, 1, 2])) == "2 2, 1 1"
