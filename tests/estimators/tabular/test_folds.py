"""The validation split is stratified, seeded and complete."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.estimators.tabular.folds import Fold, fold_of_rows, folds, validation_split


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


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=6),
    st.integers(2, 10),
    st.integers(0, 2**32),
)
def test_folds_share_out_every_class_alike(counts, n_folds, seed):
    codes = np.repeat(np.arange(len(counts)), counts)
    codes = np.random.default_rng(seed).permutation(codes)
    fold_of_row = fold_of_rows(len(codes), n_folds, seed, codes)
    sizes = np.bincount(fold_of_row + 1, minlength=n_folds + 1)[1:]
    assert sizes.max() - sizes.min() <= 1
    for code, count in enumerate(counts):
        per_fold = np.bincount(fold_of_row[codes == code] + 1, minlength=n_folds + 1)
        if count < n_folds:
            assert per_fold[0] == count
        else:
            assert per_fold[0] == 0
            assert per_fold[1:].max() - per_fold[1:].min() <= 1


def test_shares_of_a_bag():
    codes = np.arange(40) % 3
    found = folds(40, 4, None, 5, codes)
    for fold in found:
        np.testing.assert_array_equal(
            np.sort(np.concatenate([fold.rows, fold.eval_rows])), np.arange(40)
        )
    held_out = np.concatenate([fold.eval_rows for fold in found])
    np.testing.assert_array_equal(np.sort(held_out), np.arange(40))
    again = folds(40, 2, None, 5, codes)  # the same four folds, of which two are used
    np.testing.assert_array_equal(again[1].eval_rows, found[1].eval_rows)
    many = folds(40, 15, None, 5, codes)  # ten folds, then five of another order
    assert not np.array_equal(many[0].eval_rows, many[10].eval_rows)
    assert folds(40, 3, 0.0, 5, codes) == [Fold()] * 3
    tenths = folds(40, 4, 0.1, 5)  # of ten folds the first four
    assert [len(fold.eval_rows) for fold in tenths] == [4] * 4
    assert len(np.unique(np.concatenate([fold.eval_rows for fold in tenths]))) == 16


def test_rows_that_weigh_nothing_choose_nothing():
    weights = np.array([0.0, 1.0, 0.0, 0.0, 0.0])
    assert [fold.rows is None for fold in folds(5, 4, None, 0, None, weights)].count(False) == 1
