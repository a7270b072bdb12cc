"""The validation split is stratified, seeded and complete."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.estimators.split import validation_split


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=6),
    st.floats(0, 0.9),
    st.integers(0, 2**32),
)
def test_every_class_gives_its_share(counts, fraction, seed):
    codes = np.repeat(np.arange(len(counts)), counts)
    codes = np.random.default_rng(seed).permutation(codes)
    rows, eval_rows = validation_split(len(codes), fraction, seed, codes)
    np.testing.assert_array_equal(np.sort(np.concatenate([rows, eval_rows])), np.arange(len(codes)))
    for code, count in enumerate(counts):
        taken = np.count_nonzero(codes[eval_rows] == code)
        assert abs(taken - fraction * count) <= 1
        assert taken < count


def test_the_split_belongs_to_the_seed():
    first = validation_split(100, 0.2, 7)
    again = validation_split(100, 0.2, 7)
    other = validation_split(100, 0.2, 8)
    assert len(first[1]) == 20
    np.testing.assert_array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


def test_too_few_rows_leave_none():
    assert len(validation_split(2, 0.2, 0)[1]) == 0
    assert len(validation_split(50, 0.0, 0)[1]) == 0
    codes = np.array([0, 1, 2, 3, 4, 5])  # single rows stay in training
    assert len(validation_split(6, 0.5, 0, codes)[1]) == 0
