"""Free text as a few numbers, against scikit-learn's own pieces."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfTransformer

from chainrule.errors import DataError
from chainrule.table import Encoder, as_table
from chainrule.table.encode import text as module
from chainrule.table.encode.form import column_from_json, column_to_json
from chainrule.table.encode.text import N_BUCKETS, TextEncoder, fit_text, is_free_text

GOOD, BAD = ["lovely quiet room", "great friendly staff"], ["dirty noisy place", "rude slow staff"]


def reviews(n=80, seed=0):
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, 2, n)
    texts = [
        f"{(GOOD, BAD)[k][rng.integers(2)]} on day {i}, number {i * 7}" for i, k in enumerate(kind)
    ]
    return np.array(texts, object), kind


def column(texts):
    return as_table({"review": np.array(texts, object)}).column(0)


def test_what_is_free_text():
    texts, _ = reviews()
    assert is_free_text(column(texts))
    assert not is_free_text(column([f"u{k}" for k in range(80)]))
    assert not is_free_text(column(["one of two long texts", "the other of two texts"] * 40))
    assert not is_free_text(column(texts[:20]))


def test_the_directions_are_those_of_the_truncated_svd():
    texts, kind = reviews()
    encoder = fit_text(column(texts), None)
    rows, buckets, counts = module._grams(list(texts))
    dense = np.zeros((len(texts), N_BUCKETS))
    dense[rows, buckets] = counts
    dense[:, (dense > 0).sum(axis=0) < 2] = 0.0
    weighted = TfidfTransformer(sublinear_tf=True, smooth_idf=True).fit_transform(dense).toarray()
    _, sizes, _ = np.linalg.svd(weighted, full_matrices=False)
    idf, directions = encoder._arrays
    projected = module._projected(list(texts), idf, directions)
    np.testing.assert_allclose(np.linalg.norm(projected, axis=0), sizes[:12], rtol=2e-2)
    out = np.empty((len(texts), len(encoder.medians)))
    assert encoder.write(column(texts), out) is None
    design = np.column_stack([out, np.ones(len(out))])
    fitted = design @ np.linalg.lstsq(design, kind, rcond=None)[0]
    assert np.corrcoef(fitted, kind)[0, 1] > 0.99


def test_a_row_does_not_depend_on_the_others_and_gaps_are_the_middle():
    texts, _ = reviews()
    encoder = fit_text(column(texts), None)
    every, one = np.empty((80, 12)), np.empty((1, 12))
    encoder.write(column(texts), every)
    encoder.write(column(texts[7:8]), one)
    assert (one[0] == every[7]).all()
    gap = np.empty((2, 12))
    encoder.write(column([None, texts[0]]), gap)
    assert (gap[0] == 0).all() and (gap[1] == every[0]).all()


def test_in_the_encoder_and_its_file():
    texts, _ = reviews()
    table = as_table({"review": texts, "x": np.arange(80.0)})
    encoder, notices = Encoder.fit(table)
    assert encoder.input_names == (*(f"review.text{k}" for k in range(12)), "x")
    assert "column 'review' holds free text" in notices[0]
    form = encoder.to_json()
    again = Encoder.from_json(form)
    assert (again.transform(table)[0] == encoder.transform(table)[0]).all()
    assert not any(word in str(form) for word in ("lovely", "quiet", "noisy"))


@pytest.mark.parametrize(
    "change",
    [
        {"idf": "x"},
        {"idf": "AAAA"},
        {"medians": []},
        {"factors": [1.0]},
        {"directions": 3},
        {"idf": "é" * 21848},
        {"idf": "AADAfw==" * 2731},
    ],
)
def test_a_form_that_no_fit_has_written(change):
    form = column_to_json(fit_text(column(reviews()[0]), None))
    assert isinstance(column_from_json(form), TextEncoder)
    with pytest.raises(DataError, match="column 'review'"):
        column_from_json({**form, **change})
