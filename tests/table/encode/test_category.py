"""Categories as inputs, against numbers worked by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

from chainrule.table.column import CATEGORY, Column
from chainrule.table.encode.category import match_levels
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import as_table
from encoding import MIXED, clip, fit, inputs


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


def test_levels_by_index():
    column = Column("c", CATEGORY, np.array([2, 0, -1, 1, 2]), ("b", "a", "z"))
    indices, notice = match_levels(column, "c", ("a", "b"))
    np.testing.assert_array_equal(indices, [-1, 1, -1, 0, -1])
    assert "2 rows with 1 category not met in training ('z')" in notice


def test_codes_that_look_like_numbers_are_still_the_codes():
    encoder = fit({"zip": np.array(["01234", "99", "55", "99"], dtype=object)})
    strings = inputs(encoder, {"zip": np.array(["99", "55"], dtype=object)})
    np.testing.assert_array_equal(inputs(encoder, {"zip": np.array([99.0, 55.0])}), strings)


def test_many_levels_keep_the_most_frequent(monkeypatch):
    monkeypatch.setattr("chainrule.table.encode.encoder.MAX_LEVELS", 3)
    words = pd.DataFrame({"w": list("zzyyxxwwwvq")})
    encoder, notices = Encoder.fit(as_table(words))
    assert encoder.input_names == ("w=w", "w=y", "w=z")  # ties by first appearance
    assert "6 categories" in notices[0]


def test_many_levels_become_an_index_for_an_embedding():
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


def test_levels_that_a_file_cannot_tell_apart_are_told():
    mixed = pd.DataFrame({"k": pd.Series([1, "1", "a", 1], dtype=object)})
    _, (notice,) = Encoder.fit(as_table(mixed))
    assert "column 'k' holds 1 and '1', taken for two categories" in notice
    apart = pd.DataFrame({"k": pd.Series([1, "2", "a", 1], dtype=object)})
    assert Encoder.fit(as_table(apart))[1] == []
