"""The defaults, what replaces them, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule import TabularClassifier
from chainrule.errors import SpecError
from chainrule.estimators.tabular.recipe import PRESETS, TASKS, Recipe, resolve
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    LayerNorm,
    Loss,
    PeriodicEmbedding,
    Residual,
    Scale,
)

DEFAULTS = {
    "loss": None,
    "preset": "fast",
    "metric": None,
    "n_members": None,
    "refit": False,
    "hidden_layer_sizes": None,
    "epochs": None,
    "batch_size": "auto",
    "learning_rate": None,
    "dropout": None,
    "weight_decay": None,
    "embedded_numbers": None,
    "init": None,
    "validation_fraction": 0.2,
}
SOFTMAX, SQUARES = Loss("cross_entropy"), Loss("squared_error")


def test_the_published_network():
    spec = resolve(DEFAULTS, "classification").network(7, 3, SOFTMAX, n_numbers=4, levels=(9, 30))
    numbers, towns = PeriodicEmbedding(16, 3), CategoryEmbedding((9, 30), 8)
    assert spec.layers == (
        Columns(((4, numbers), (1, None), (2, towns))),
        Scale(),
        *[Dense(256, ntk=True), Activation("selu", True), Dropout(0.15)] * 3,
        Dense(3, ntk=True),
        Activation("softmax"),
    )
    assert spec.n_inputs == 4 * 4 + 1 + 2 * 8
    number = resolve(DEFAULTS, "regression").network(3, 1, SQUARES)
    assert number.layers == (
        Scale(),
        *[Dense(256, ntk=True), Activation("mish", True), Dropout(0.15)] * 3,
        Dense(1, ntk=True),
    )


def test_arguments_take_the_place_of_the_recipes_numbers():
    given = {**DEFAULTS, "weight_decay": 0.3, "embedded_numbers": 5}
    recipe = resolve(given, "classification")
    spec = recipe.network(4, 2, SOFTMAX, n_numbers=4)
    assert spec.layers[0] == Columns(((4, PeriodicEmbedding(16, 5)),))
    training = recipe.training(spec, 1000, seed=0, n_threads=None, patience=None)
    assert training.weight_decay == 0.3
    none = resolve({**DEFAULTS, "embedded_numbers": 0}, "classification")
    assert none.network(4, 2, SOFTMAX, n_numbers=4).layers[0] == Scale()


def test_the_published_training():
    for task, rate in (("classification", 0.04), ("regression", 0.2)):
        recipe = resolve(DEFAULTS, task)
        spec = recipe.network(7, 2, SQUARES, n_numbers=4, levels=(9,))
        training = recipe.training(spec, 1000, seed=5, n_threads=None, patience=None)
        assert (training.optimizer, training.learning_rate) == ("adamw", rate)
        assert [training.constant(name) for name in ("beta1", "beta2", "epsilon")] == [
            0.9, 0.95, 1e-8,
        ]  # fmt: skip
        assert (training.schedule.name, training.schedule.constants) == ("coslog4", {"cycles": 4})
        assert (training.weight_decay, training.weight_decay_schedule.name) == (0.02, "flat_cos")
        assert training.dropout_schedule.name == "flat_cos"
        assert (training.epochs, training.patience, training.seed) == (96, None, 5)
        # parameter: (factor on the rate, factor on rate * decay * 0.02)
        expected = {
            "W1": (1, 1), "b1": (0.1, 0), "activation_weight1": (0.1, 0.01), "scale": (6, 36),
            "embedding": (1, 1),
            **dict.fromkeys(("frequency", "phase", "weight", "bias"), (0.1, 0.01)),
        }  # fmt: skip
        for name, (factor, decay) in expected.items():
            assert training.learning_rate_factor(name) == factor
            both = training.weight_decay_factor(name) * training.learning_rate_factor(name)
            assert both == pytest.approx(decay), name


def test_factors_are_of_what_the_network_has():
    recipe = resolve(DEFAULTS, "regression")
    spec = recipe.network(3, 1, SQUARES)
    training = recipe.training(spec, 100, 0, None, None)
    assert set(training.learning_rate_factors) == {"b", "scale", "activation_weight"}


@pytest.mark.parametrize(
    ("n_rows", "epochs", "cycles"),
    [(10, 96, 4), (31_250, 96, 4), (100_000, 30, 3), (180_000, 16, 2), (10**7, 16, 2)],
)
def test_many_rows_have_fewer_epochs(n_rows, epochs, cycles):
    recipe = resolve(DEFAULTS, "classification")
    training = recipe.training(recipe.network(3, 2, SOFTMAX), n_rows, 0, None, None)
    assert (training.epochs, training.schedule.constants["cycles"]) == (epochs, cycles)
    given = resolve(DEFAULTS | {"epochs": 100}, "classification")
    assert given.epochs_for(n_rows) == 100


@pytest.mark.parametrize("n_rows", [100, 255, 256, 257, 384, 400, 1000, 5003, 99_991])
def test_batches_are_of_nearly_equal_size(n_rows):
    size = Recipe().batch_size_for(n_rows)
    assert (n_rows % size or size) >= 0.85 * size
    assert 0.8 * 16 <= size <= 1.25 * 256
    if 512 <= n_rows <= 8192:
        assert 32 / 1.25 <= n_rows / size <= 32 / 0.8
    assert Recipe(batch_size=None).batch_size_for(n_rows) is None


def test_arguments_replace_the_preset():
    recipe = resolve(
        DEFAULTS
        | {
            "hidden_layer_sizes": np.array([8, 4]),
            "epochs": np.int64(3),
            "batch_size": 100,
            "learning_rate": np.float64(0.1),
            "dropout": 0,
            "init": "he_normal",
            "n_members": 3,
        },
        "regression",
    )
    spec = recipe.network(2, 1, SQUARES)
    assert spec.layers == (
        Scale(),
        Dense(8),
        Activation("mish", True),
        Dense(4),
        Activation("mish", True),
        Dense(1),
    )
    training = recipe.training(spec, 130, 0, None, None)
    assert (training.epochs, training.batch_size, training.learning_rate) == (3, 100, 0.1)
    assert recipe.n_members == 3
    alone = DEFAULTS | {"hidden_layer_sizes": 5}
    assert resolve(alone, "regression").hidden_layer_sizes == (5,)
    linear = resolve(DEFAULTS | {"hidden_layer_sizes": ()}, "classification")
    assert linear.network(2, 2, SOFTMAX).n_layers == 1
    changed = resolve(DEFAULTS, "regression", {"front_scale": False, "embedded_numbers": 0})
    assert isinstance(changed.network(2, 1, SQUARES, n_numbers=2).layers[0], Dense)


def test_targets_are_smoothed_where_classes_alone_count():
    smoothing = {
        metric: resolve(DEFAULTS | {"metric": metric}, "classification").label_smoothing
        for metric in (None, "log_loss", "auc", "accuracy", "balanced_accuracy", max)
    }
    assert [smoothing.pop(metric) for metric in ("accuracy", "balanced_accuracy")] == [0.1, 0.1]
    assert set(smoothing.values()) == {0.0}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"preset": "finest"}, "preset 'finest' is not offered"),
        ({"preset": 3}, "preset 3"),
        ({"n_members": 0}, "n_members"),
        ({"n_members": 2.5}, "n_members"),
        ({"epochs": "many"}, "epochs"),
        ({"n_members": 2, "refit": True}, "2 members"),
        ({"refit": "yes"}, "refit"),
        ({"hidden_layer_sizes": "256"}, "hidden_layer_sizes"),
        ({"hidden_layer_sizes": 2.5}, "hidden_layer_sizes"),
        ({"validation_fraction": 1.0}, "validation_fraction"),
        ({"dropout": "half"}, "dropout"),
    ],
)
def test_refusals(given, message):
    with pytest.raises(SpecError, match=message):
        resolve(DEFAULTS | given, "regression")


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("task", TASKS)
def test_every_preset_is_a_valid_training(preset, task):
    recipe = resolve(DEFAULTS | {"preset": preset}, task)
    spec = recipe.network(1, 2, SQUARES)
    assert recipe.training(spec, 1, 0, None, None).epochs > 0
    assert recipe.n_members >= 1


def test_normed_and_residual_layers(monkeypatch, tmp_path):
    changes = {"layer_norm": True, "residual": True, "hidden_layer_sizes": (6, 6)}
    monkeypatch.setattr(TabularClassifier, "_recipe", changes)
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 3))
    model = TabularClassifier(preset="fast", epochs=3, random_state=0).fit(X, X[:, 0] > X[:, 1])
    hidden = (Dense(6, ntk=True), LayerNorm(), Activation("selu", True), Dropout(0.15))
    assert Residual(hidden) in model.spec_.layers
    assert {"norm_gain1", "norm_bias2"} <= set(model.spec_.parameters)
    model.save(tmp_path / "normed.safetensors")
    again = chainrule.load(tmp_path / "normed.safetensors")
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert model.check_gradients(X, X[:, 0] > X[:, 1]).ok
