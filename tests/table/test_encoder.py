"""Inputs of the network against numbers worked by hand and NumPy's own quantiles."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainrule.errors import DataError
from chainrule.table.encoder import CONSTANT_INPUT, Encoder
from chainrule.table.frame import as_table
from chainrule.table.scaling import flag_scales, robust_scale, smooth_clip
from chainrule.table.target import TargetScale


def fit(X, weights=None, **keywords):
    return Encoder.fit(as_table(X), weights, **keywords)[0]


def inputs(encoder, X):
    return encoder.transform(as_table(X), np.float64)[0]


def clip(x):
    return x / np.sqrt(1 + (x / 3) ** 2)


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ([0.0] * 9 + [1.0], (0.0, 1.664)),  # rare: no spread between the quartiles
        ([0.0] * 6 + [1.0] * 4, (0.0, 0.949)),  # q25 = median = 0, q75 = 1
    ],
)
def test_flags_become_the_published_values(column, expected):
    X = np.array(column)[:, None]
    out = np.unique(inputs(fit(X), X))
    np.testing.assert_allclose(out, expected, atol=5e-4)


def test_mostly_one_sided_pair():
    words = pd.DataFrame({"w": ["a"] * 9 + ["b"]})
    np.testing.assert_allclose(np.unique(inputs(fit(words), words)), [-1.664, 0.0], atol=5e-4)


def test_numbers_are_centred_scaled_and_clipped():
    x = np.array([1.0, 2.0, 3.0, 4.0, 100.0])
    out = inputs(fit(x[:, None]), x[:, None])[:, 0]
    np.testing.assert_allclose(out, clip((x - 3.0) / (4.0 - 2.0)), rtol=1e-15)
    assert np.all(np.abs(inputs(fit(x[:, None]), np.array([[1e308], [-1e308]]))) < 3.0 + 1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(1, 4)), min_size=1, max_size=12))
def test_a_weight_of_k_is_k_rows(pairs):
    values, weights = np.array(pairs, float).T
    rows = np.repeat(values, weights.astype(int))
    assert robust_scale(values, weights) == robust_scale(rows, None)
    assert robust_scale(values, weights * 0.1) == pytest.approx(robust_scale(rows, None))


@given(st.integers(1, 40), st.integers(1, 40))
def test_flag_scales_are_robust_scales(zeros, ones):
    rows = np.repeat([0.0, 1.0], [zeros, ones])
    median, factor = flag_scales(np.array([ones / (zeros + ones)]))
    assert (median[0], factor[0]) == robust_scale(rows, None)


MIXED = pd.DataFrame(
    {
        "age": [1.0, np.nan, 3.0, 4.0, 8.0, 9.0],
        "size": [1, 2, 3, 4, 5, 6],
        "island": ["B", "A", "C", "A", None, "A"],
        "sex": ["m", "f", None, "f", "m", "f"],
        "only": ["x", None, "x", "x", "x", None],
        "member": [True, False, True, True, False, True],
        "same": [7] * 6,
        "blank": [None] * 6,
    }
)
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


def test_categories_by_hand():
    encoder = fit(MIXED)
    out = inputs(encoder, MIXED)
    a = out[:, 3]  # A in 3 of 6 rows: q25 0, median and q75 on the tie 0.5 and 1
    np.testing.assert_allclose(a, clip(np.array([-0.5, 0.5, -0.5, 0.5, -0.5, 0.5])))
    sex = np.array([-1, 1, 0, 1, -1, 1.0])  # quartiles -1, 0.5, 1
    np.testing.assert_allclose(out[:, 6], clip((sex - 0.5) / 2))
    only = np.array([1, -1, 1, 1, 1, -1.0])  # quartiles -1, 1, 1
    np.testing.assert_allclose(out[:, 7], clip((only - 1) / 2))
    known = np.array([1, -1, 1, 1, 1, 1.0])  # quartiles 1, 1, 1: 2 / (max - min)
    np.testing.assert_allclose(out[:, 2], clip(known - 1))
    assert out[1, 0] == 0.0


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


def test_a_column_that_changes_its_type_is_refused():
    encoder = fit(MIXED)
    with pytest.raises(DataError, match=r"'size' held numbers .* categories now \('big' in row 0"):
        inputs(encoder, MIXED.assign(size=["big"] * 6))
    with pytest.raises(DataError, match=r"'island' held categories .* dates now"):
        inputs(encoder, MIXED.assign(island=pd.Timestamp("2020-01-01")))
    np.testing.assert_array_equal(  # no value at all fits every type
        inputs(encoder, MIXED.assign(size=pd.Series([None] * 6, dtype=object)))[:, 1], 0.0
    )


def test_codes_that_look_like_numbers_are_still_the_codes():
    encoder = fit({"zip": np.array(["01234", "99", "55", "99"], dtype=object)})
    strings = inputs(encoder, {"zip": np.array(["99", "55"], dtype=object)})
    np.testing.assert_array_equal(inputs(encoder, {"zip": np.array([99.0, 55.0])}), strings)


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
        ([8], "positions below 8"),
        ([True], "mask of 1 entries"),
        ([1.5], "1.5"),
    ],
)
def test_wrong_categorical_features(chosen, message):
    with pytest.raises(DataError, match=message):
        fit(MIXED, categorical_features=chosen)


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


def test_many_levels_keep_the_most_frequent(monkeypatch):
    monkeypatch.setattr("chainrule.table.encoder.MAX_LEVELS", 3)
    words = pd.DataFrame({"w": list("zzyyxxwwwvq")})
    encoder, notices = Encoder.fit(as_table(words))
    assert encoder.input_names == ("w=w", "w=y", "w=z")  # ties by first appearance
    assert "6 categories" in notices[0]


def test_many_levels_become_codes_for_an_embedding():
    rng = np.random.default_rng(0)
    words = pd.DataFrame(
        {
            "letter": list("abcdefghi") * 3,
            "x": rng.normal(size=27),
            "few": list("abc") * 9,
            "gap": [np.nan, *rng.normal(size=26)],
            "town": [f"t{k:02}" for k in range(27)],
        }
    )
    encoder = fit(words, max_one_hot=8)
    assert encoder.input_names == (
        "x", "gap", "few=a", "few=b", "few=c", "gap?", "letter", "town",
    )  # fmt: skip
    assert encoder.input_columns == ("x", "gap", *["few"] * 3, "gap", "letter", "town")
    assert (encoder.n_numbers, encoder.level_counts) == (2, (9, 27))
    out = inputs(encoder, words)
    np.testing.assert_array_equal(out[:, 6], np.tile(np.arange(1, 10), 3))
    np.testing.assert_array_equal(out[:, 7], np.arange(1, 28))
    np.testing.assert_array_equal(out[:, :6], inputs(fit(words[["x", "few", "gap"]]), words))
    new = words.assign(letter=["a", None, "z"] * 9)
    changed, notices = encoder.transform(as_table(new), np.float64)
    np.testing.assert_array_equal(changed[:, 6], [1, 0, 0] * 9)
    assert "'letter' has 9 rows with 1 category" in notices[0]
    again = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder
    assert encoder.file_kinds["town"] == "text"
    plain = fit(words)
    assert (plain.level_counts, len(plain.input_names)) == ((), 3 + 3 + 9 + 27)


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
    }


def test_json_gives_back_the_same_bits():
    encoder = fit(MIXED, np.random.default_rng(0).random(6), categorical_features=["size"])
    again = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder
    assert inputs(again, MIXED).tobytes() == inputs(encoder, MIXED).tobytes()
    levels = fit({"c": np.array([1, "a", 2.5, True, None], dtype=object)})
    again = Encoder.from_json(json.loads(json.dumps(levels.to_json())))
    assert [type(v) for v in again.codes[0].levels] == [int, float, str]


NUMBER = {"code": "number", "name": "a", "kind": "numeric", "median": 0, "factor": 1,
          "flag_median": 0, "flag_factor": 0}  # fmt: skip
ONE_HOT = {"code": "onehot", "name": "a", "kind": "category", "levels": ["x", "y", "z"],
           "medians": [0, 0, 0], "factors": [1, 1, 1]}  # fmt: skip
PAIR = {"code": "pair", "name": "a", "kind": "boolean", "levels": [False, True], "other": 0,
        "median": 0, "factor": 1}  # fmt: skip


EMBEDDING = {"code": "embedding", "name": "a", "kind": "category", "levels": ["x", "y"]}


@pytest.mark.parametrize("form", [NUMBER, ONE_HOT, PAIR, EMBEDDING])
@pytest.mark.parametrize("wrong", [None, "1", [], {}, [None], True])
def test_foreign_json_is_refused(form, wrong):
    Encoder.from_json({"named": True, "columns": [form]})
    for key in form:
        if key == "name" and wrong == "1":
            continue
        with pytest.raises(DataError, match="encoder"):
            Encoder.from_json({"named": True, "columns": [form | {key: wrong}]})
        lacking = {k: v for k, v in form.items() if k != key}
        with pytest.raises(DataError, match="encoder"):
            Encoder.from_json({"named": True, "columns": [lacking]})


def test_extreme_numbers_stay_finite():
    X = np.array([[-1.7e308], [1.7e308], [0.0], [5e-324]])
    assert np.isfinite(inputs(fit(X), X)).all()
    tiny = np.array([[0.0], [5e-324], [1e-323], [1.0]])
    assert np.isfinite(inputs(fit(tiny), tiny)).all()


def test_target_scale():
    y = np.array([[1.0, 5.0], [3.0, 5.0]])
    weights = np.array([3.0, 1.0])
    scale = TargetScale.fit(y, weights)
    np.testing.assert_allclose(scale.mean, [1.5, 5.0])
    np.testing.assert_allclose(scale.std, [np.sqrt(0.75), 1.0])
    np.testing.assert_allclose(scale.inverse(scale.transform(y)), y)
    again = TargetScale.from_json(json.loads(json.dumps(scale.to_json())))
    np.testing.assert_array_equal(again.std, scale.std)


def test_smooth_clip_keeps_missing_values():
    assert np.isnan(smooth_clip(np.array([np.nan]), 0.0, 1.0))
