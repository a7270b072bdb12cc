"""Every input has a name of its own, and it names the right column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from chainrule.table import Encoder, as_table

N = 60
RNG = np.random.default_rng(0)


def numbers():
    return RNG.normal(size=N)


def words(*levels):
    return np.array(levels, object)[np.arange(N) % len(levels)]


FRAMES = {
    "a level with =": ({"a": words("b=c", "x", "y"), "a=b": words("c", "d", "e")}, "a=b=c", "a"),
    "a flag": ({"x": np.where(numbers() > 0, numbers(), np.nan), "x?": numbers()}, "x?", "x"),
    "a wave": ({"v": numbers(), "v~1": numbers()}, "'v~1'", "v~1"),
    "an embedding": ({"c": words(*"abcdefghijkl"), "c#1": numbers()}, "'c#1'", "c#1"),
    "a cycle": (
        {
            "when": (9 * np.arange(N)).astype("M8[D]"),
            "when.month.sin": numbers(),
        },
        "when.month.sin",
        "when",
    ),
    "1 and '1'": ({"k": words(1, "1", 2)}, "k='1'", "k"),
    "a quote": (
        {"x": np.where(numbers() > 0, 1.0, np.nan), "x?": numbers(), "'x?'": numbers()},
        "x?",
        "x",
    ),
    "nothing to settle": ({"a=b": numbers(), "x?": numbers(), "W1[0,0]": numbers()}, "a=b", "a=b"),
}


@pytest.mark.parametrize(("frame", "asked", "column"), FRAMES.values(), ids=FRAMES)
def test_names(frame, asked, column):
    encoder, _ = Encoder.fit(as_table(frame), None, None, 9)
    names = encoder.input_names
    assert len(set(names)) == len(names)
    assert encoder.input_columns[names.index(asked)] == column


@pytest.mark.parametrize(
    "names",
    [
        [0, 1, 2],
        list(pd.date_range("2024", periods=3)),
        [("a", 1), ("a", 2), ("b", 1)],
        [2.5, 1.5, 3.5],
    ],
)
def test_columns_are_found_by_name_whatever_it_is(names):
    index = pd.MultiIndex.from_tuples(names) if isinstance(names[0], tuple) else names
    frame = pd.DataFrame(RNG.normal(size=(N, 3))).set_axis(index, axis=1)
    encoder, _ = Encoder.fit(as_table(frame))
    expected = encoder.transform(as_table(frame))[0]
    order = [2, 0, 1]
    assert (encoder.transform(as_table(frame.iloc[:, order]))[0] == expected).all()
    # An array has no names, and is taken by position.
    assert (encoder.transform(as_table(frame.to_numpy()))[0] == expected).all()
