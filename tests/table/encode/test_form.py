"""Column encoders as JSON and back: the same bits, and nothing foreign."""

from __future__ import annotations

import json

import numpy as np
import pytest

from chainrule.errors import DataError
from chainrule.table.encode.encoder import Encoder
from chainrule.table.encode.form import column_from_json, column_to_json
from encoding import MIXED, fit, inputs


def test_json_gives_back_the_same_bits():
    encoder = fit(MIXED, np.random.default_rng(0).random(6), categorical_features=["size"])
    again = Encoder.from_json(json.loads(json.dumps(encoder.to_json())))
    assert again == encoder
    assert inputs(again, MIXED).tobytes() == inputs(encoder, MIXED).tobytes()
    levels = fit({"c": np.array([1, "a", 2.5, True, None], dtype=object)})
    again = Encoder.from_json(json.loads(json.dumps(levels.to_json())))
    assert [type(v) for v in again.columns[0].levels] == [int, float, str]


def test_every_encoder_comes_back():
    encoders = (*fit(MIXED).columns, *fit(MIXED, max_one_hot=2).columns)
    assert {encoder.code for encoder in encoders} == {
        "number",
        "pair",
        "onehot",
        "embedding",
        "none",
    }
    for encoder in encoders:
        assert column_from_json(column_to_json(encoder)) == encoder


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
