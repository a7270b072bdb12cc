"""The defaults, what replaces them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import SpecError
from chainrule.estimators.recipe import PRESETS, number_type, resolve
from chainrule.spec import Dense, Dropout, Loss

DEFAULTS = {
    "preset": "default",
    "n_members": None,
    "refit": False,
    "hidden_layer_sizes": None,
    "epochs": None,
    "batch_size": "auto",
    "learning_rate": None,
    "dropout": None,
    "init": None,
    "validation_fraction": 0.2,
}


def test_first_defaults():
    recipe = resolve(DEFAULTS)
    spec = recipe.network(7, 3, Loss("cross_entropy"))
    assert spec.layer_sizes == (7, 256, 256, 256, 3)
    assert [layer.activation for layer in spec.dense] == ["relu"] * 3 + ["softmax"]
    training = recipe.training(seed=5, n_threads=None, patience=None, time_limit=None)
    assert (training.optimizer, training.learning_rate, training.constant("beta2")) == (
        "adam",
        2e-3,
        0.95,
    )
    assert (training.schedule.name, training.epochs, training.batch_size) == ("cosine", 64, 64)
    assert (training.patience, training.seed) == (None, 5)


def test_arguments_replace_the_preset():
    recipe = resolve(
        DEFAULTS
        | {
            "hidden_layer_sizes": np.array([8, 4]),
            "epochs": np.int64(3),
            "batch_size": None,
            "learning_rate": np.float64(0.1),
            "dropout": 0.25,
            "init": "ntk",
            "n_members": 1,
        }
    )
    spec = recipe.network(2, 1, Loss("squared_error"))
    assert spec.layers == (
        Dense(8, "relu", ntk=True),
        Dropout(0.25),
        Dense(4, "relu", ntk=True),
        Dropout(0.25),
        Dense(1, "identity", ntk=True),
    )
    training = recipe.training(0, None, None, None)
    assert (training.epochs, training.batch_size, training.learning_rate) == (3, None, 0.1)
    assert resolve(DEFAULTS | {"hidden_layer_sizes": 5}).hidden_layer_sizes == (5,)
    assert (
        resolve(DEFAULTS | {"hidden_layer_sizes": ()}).network(2, 2, Loss("cross_entropy")).n_layers
        == 1
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"preset": "best"}, "preset 'best' is not offered"),
        ({"preset": 3}, "preset 3"),
        ({"n_members": 8}, "n_members=8"),
        ({"refit": True}, "refit=True"),
        ({"hidden_layer_sizes": "256"}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": 2.5}, "hidden_layer_sizes"),
        ({"validation_fraction": 1.0}, "validation_fraction"),
        ({"dropout": "half"}, "dropout"),
    ],
)
def test_refusals(given, message):
    with pytest.raises(SpecError, match=message):
        resolve(DEFAULTS | given)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_valid_training(name):
    recipe = resolve(DEFAULTS | {"preset": name})
    assert recipe.training(0, 1, None, None).epochs > 0


def test_number_types():
    assert number_type(np.float32) == number_type("float32") == "float32"
    for wrong in ("float16", int, "double precision", 3):
        with pytest.raises(SpecError, match="dtype"):
            number_type(wrong)
