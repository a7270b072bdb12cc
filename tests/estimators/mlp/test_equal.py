"""The drop-in against scikit-learn itself: same weights and batches, same numbers."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
import sklearn.neural_network

import chainrule


def rows(task, n=230):
    rng = np.random.default_rng(3)
    X = rng.normal(size=(n, 6))
    signal = X[:, 0] + np.sin(2 * X[:, 1]) + 0.3 * rng.normal(size=n)
    y = {
        "binary": np.where(signal > 0, "yes", "no"),
        "multiclass": np.digitize(signal, [-0.7, 0.7]),
        "multilabel": np.column_stack([signal > 0, X[:, 2] > 0.5, X[:, 3] > signal]).astype(int),
        "regression": signal,
        "outputs": np.column_stack([signal, X[:, 2] ** 2, -signal]),
        "poisson": rng.poisson(np.exp(0.5 * signal)).astype(float),
    }[task]
    return X, y


def both(task, X, y, weights=None, **arguments):
    """(scikit-learn's model, ours), fitted."""
    name = "MLPRegressor" if task in ("regression", "outputs", "poisson") else "MLPClassifier"
    if task == "poisson":
        arguments["loss"] = "poisson"
    given = {"hidden_layer_sizes": (12, 7), "random_state": 5, "max_iter": 25, **arguments}
    models = []
    for library in (sklearn.neural_network, chainrule):
        model = getattr(library, name)(**given)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            models.append(model.fit(X, y, weights))
    return models


def assert_equal(theirs, ours, rtol=1e-9):
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=rtol)
    for name in ("n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_"):
        assert getattr(ours, name) == getattr(theirs, name), name
    assert ours._no_improvement_count == theirs._no_improvement_count
    for name in ("best_loss_", "best_validation_score_", "loss_"):
        expected, found = getattr(theirs, name), getattr(ours, name)
        assert (found is None) == (expected is None), name
        assert expected is None or found == pytest.approx(expected, rel=1e-9), name
    if theirs.validation_scores_ is not None:
        np.testing.assert_allclose(ours.validation_scores_, theirs.validation_scores_, rtol=1e-9)
    for found, expected in zip(
        ours.coefs_ + ours.intercepts_, theirs.coefs_ + theirs.intercepts_, strict=True
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)


SOLVERS = {
    "adam": {},
    "adam, other constants": {"beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-3},
    "nesterov": {"solver": "sgd", "learning_rate_init": 0.05},
    "momentum": {"solver": "sgd", "learning_rate_init": 0.05, "nesterovs_momentum": False},
    "invscaling": {"solver": "sgd", "learning_rate": "invscaling", "learning_rate_init": 0.3},
    "adaptive": {
        "solver": "sgd",
        "learning_rate": "adaptive",
        "tol": 0.05,
        "n_iter_no_change": 2,
        "max_iter": 60,
    },
}
TASKS = ("binary", "multiclass", "multilabel", "regression", "outputs", "poisson")


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("task", TASKS)
def test_loss_curves(task, solver):
    X, y = rows(task)
    arguments = {"batch_size": 64, "shuffle": False, "alpha": 0.5, **SOLVERS[solver]}
    if task in ("multilabel", "outputs", "poisson") and solver != "adam":
        arguments["learning_rate_init"] = 0.005
    assert_equal(*both(task, X, y, **arguments))


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
def test_activations_in_full_batch(activation):
    X, y = rows("multiclass", 150)
    assert_equal(*both("multiclass", X, y, activation=activation, alpha=2.0))


@pytest.mark.parametrize("task", TASKS)
def test_weighted_short_batches(task):
    X, y = rows(task)
    weights = np.random.default_rng(0).random(len(X)) * 3
    weights[::9] = 0
    assert_equal(*both(task, X, y, weights, batch_size=50, shuffle=False, alpha=1.0))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("task", TASKS)
def test_early_stopping(task, weighted):
    X, y = rows(task)
    weights = np.random.default_rng(0).random(len(X)) if weighted else None
    arguments = {
        "early_stopping": True,
        "validation_fraction": 0.3,
        "shuffle": False,
        "batch_size": 40,
        "tol": 1e-3,
        "n_iter_no_change": 4,
        "max_iter": 80,
        "learning_rate_init": 0.01,
    }
    theirs, ours = both(task, X, y, weights, **arguments)
    assert_equal(theirs, ours)
    assert len(ours.validation_loss_curve_) == ours.n_iter_


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "regression", "poisson"])
def test_lbfgs(task):
    X, y = rows(task, 80)
    weights = np.random.default_rng(0).random(len(X)) + 0.1
    arguments = {"solver": "lbfgs", "activation": "tanh", "alpha": 0.1, "max_iter": 12}
    for given in (None, weights):
        theirs, ours = both(task, X, y, given, **arguments)
        assert ours.loss_ == pytest.approx(theirs.loss_, rel=1e-9)
        assert ours.n_iter_ == theirs.n_iter_ == 12


def test_partial_fit_and_warm_start():
    X, y = rows("multiclass")
    models = []
    for library in (sklearn.neural_network, chainrule):
        model = library.MLPClassifier(
            (9,), batch_size=64, shuffle=False, random_state=2, solver="sgd",
            learning_rate="invscaling", learning_rate_init=0.1, max_iter=4, warm_start=True,
        )  # fmt: skip
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(X, y).fit(X, y)
        for _ in range(3):
            model.partial_fit(X[:100], y[:100])
        models.append(model)
    assert_equal(*models)
    assert len(models[1].loss_curve_) == 4 + 4 + 3
    assert models[1]._optimizer.learning_rate == models[0]._optimizer.learning_rate


def test_float32_rows_are_computed_in_float32():
    X, y = rows("regression")
    theirs, ours = both("regression", X.astype(np.float32), y, batch_size=64, shuffle=False)
    assert {array.dtype for array in ours.coefs_ + ours.intercepts_} == {np.dtype(np.float32)}
    np.testing.assert_allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-3)
    assert ours.predict(X.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("task", ["binary", "regression"])
def test_shuffled_batches_reach_the_same_score(task):
    X, y = rows(task, 600)
    theirs, ours = both(task, X, y, max_iter=120, batch_size=32)
    assert ours.score(X, y) == pytest.approx(theirs.score(X, y), abs=0.04)
