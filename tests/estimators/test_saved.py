"""Arguments in a model file."""

from __future__ import annotations

import json

import numpy as np
import pytest

from chainrule.errors import ModelFileError
from chainrule.estimators.saved import arguments_from_json, arguments_to_json


def test_plain_arguments_come_back():
    arguments = {
        "hidden_layer_sizes": (8, np.int64(4)),
        "class_weight": {1: 2.0, "b": 3, False: 1},
        "categorical_features": ["a", 2],
        "dtype": "float64",
        "epochs": np.int32(3),
        "metric": None,
        "n_iter_no_change": float("inf"),
    }
    again = arguments_from_json(json.loads(json.dumps(arguments_to_json(arguments))))
    assert again == arguments


def test_what_is_not_plain_is_left_out():
    arguments = {
        "metric": max,
        "random_state": np.random.RandomState(0),
        "class_weight": {(1, 2): 3},
        "learning_rate": float("nan"),
        "epochs": 2**60,
        "categorical_features": [object()],
    }
    assert arguments_to_json(arguments) == {}
    assert arguments_to_json({"dtype": np.float32}) == {"dtype": "float32"}


def test_foreign_mappings_are_refused():
    with pytest.raises(ModelFileError, match="class_weight"):
        arguments_from_json({"class_weight": {"a": 1}})
