"""What the drop-in estimators add to scikit-learn's, their weights, messages and refusals."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error

import chainrule
from chainrule import MLPClassifier, MLPRegressor, engine
from chainrule.errors import DataError, SpecError

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture
def table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(120, 5))
    return X, X[:, 0] + X[:, 1] ** 2 + 0.1 * rng.normal(size=120)


def target(kind, y):
    return {
        "binary": y > 0.5,
        "multiclass": np.digitize(y, [0, 1]),
        "multilabel": np.column_stack([y > 0, y > 1, y > 2]).astype(int),
        "regression": y,
        "poisson": np.round(np.abs(y)),
    }[kind]


def model(kind, **arguments):
    estimator = MLPRegressor if kind in ("regression", "poisson") else MLPClassifier
    if kind == "poisson":
        arguments["loss"] = "poisson"
    given = {"hidden_layer_sizes": (8,), "max_iter": 20, "random_state": 0, **arguments}
    return estimator(**given)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel", "regression", "poisson"])
def test_weights_count_rows(table, kind, solver):
    X, y = table[0], target(kind, table[1])
    weights = np.random.default_rng(1).integers(0, 3, len(X)).astype(float)
    repeated = np.repeat(np.arange(len(X)), weights.astype(int))
    rate = 0.05 if solver == "sgd" else 0.001
    arguments = {"solver": solver, "batch_size": 1000, "learning_rate_init": rate, "alpha": 1.0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        weighted = model(kind, **arguments).fit(X, y, weights)
        copied = model(kind, **arguments).fit(X[repeated], y[repeated])
    np.testing.assert_allclose(weighted.predict(X), copied.predict(X), atol=1e-7)
    for a, b in zip(weighted.coefs_, copied.coefs_, strict=True):
        np.testing.assert_allclose(a, b, atol=1e-7)


def test_coefs_are_the_transposed_weights(table):
    X, y = table
    fitted = model("regression").fit(X, y)
    a = np.maximum(X @ fitted.coefs_[0] + fitted.intercepts_[0], 0)
    np.testing.assert_allclose(
        fitted.predict(X), a @ fitted.coefs_[1][:, 0] + fitted.intercepts_[1]
    )
    params = fitted._params()
    assert params["W1"].shape == (8, 5)
    np.testing.assert_array_equal(params["W1"], fitted.coefs_[0].T)
    np.testing.assert_array_equal(engine.predict(fitted.spec_, params, X)[:, 0], fitted.predict(X))


def test_activation_by_layer(table):
    X, y = table
    fitted = model("regression", hidden_layer_sizes=(6, 4), activation=["tanh", "sigmoid"])
    fitted.fit(X, y)
    a = np.tanh(X @ fitted.coefs_[0] + fitted.intercepts_[0])
    a = 1 / (1 + np.exp(-(a @ fitted.coefs_[1] + fitted.intercepts_[1])))
    expected = a @ fitted.coefs_[2] + fitted.intercepts_[2]
    np.testing.assert_allclose(fitted.predict(X), expected[:, 0])


def test_sigmoid_is_logistic(table):
    X, y = table
    first = model("regression", activation="sigmoid").fit(X, y)
    second = model("regression", activation="logistic").fit(X, y)
    np.testing.assert_array_equal(first.coefs_[0], second.coefs_[0])


def test_balanced_classes_weigh_the_same(table):
    X = table[0]
    y = target("multiclass", table[1])
    counts = np.bincount(y)
    balanced = model("multiclass", class_weight="balanced").fit(X, y)
    weights = (len(y) / (3 * counts))[y]
    weighted = model("multiclass").fit(X, y, weights)
    given = model("multiclass", class_weight=dict(enumerate(len(y) / (3 * counts)))).fit(X, y)
    for other in (weighted, given):
        np.testing.assert_allclose(balanced.coefs_[0], other.coefs_[0], rtol=1e-12)


def test_dropout_only_in_training(table):
    X, y = table
    dropped = model("regression", dropout=0.5).fit(X, y)
    whole = model("regression").fit(X, y)
    again = model("regression", dropout=[0.5]).fit(X, y)
    assert not np.array_equal(dropped.coefs_[0], whole.coefs_[0])
    np.testing.assert_array_equal(dropped.coefs_[0], again.coefs_[0])
    np.testing.assert_array_equal(dropped.predict(X), dropped.predict(X))


def test_eval_set_is_only_watched(table):
    X, y = table
    watched = model("regression").fit(X[:90], y[:90], eval_set=(X[90:], y[90:]))
    alone = model("regression").fit(X[:90], y[:90])
    np.testing.assert_array_equal(watched.coefs_[0], alone.coefs_[0])
    assert watched.validation_scores_[-1] == pytest.approx(alone.score(X[90:], y[90:]))
    half = 0.5 * np.mean((alone.predict(X[90:]) - y[90:]) ** 2)
    assert watched.validation_loss_curve_[-1] == pytest.approx(half)
    assert alone.validation_loss_curve_ is None
    assert alone.validation_scores_ is None


@pytest.mark.parametrize("kind", ["binary", "multiclass", "multilabel", "regression"])
def test_early_stopping_on_an_eval_set_keeps_the_best(table, kind):
    X, y = table[0], target(kind, table[1])
    arguments = {"early_stopping": True, "learning_rate_init": 0.05, "max_iter": 200}
    fitted = model(kind, **arguments).fit(X[:90], y[:90], eval_set=(X[90:], y[90:]))
    assert len(fitted.loss_curve_) == len(fitted.validation_scores_) == fitted.n_iter_
    assert fitted.best_validation_score_ == max(fitted.validation_scores_)
    assert fitted.score(X[90:], y[90:]) == pytest.approx(fitted.best_validation_score_)
    assert fitted.t_ == 90 * fitted.n_iter_


@pytest.mark.parametrize(
    ("kind", "metric", "score"),
    [
        ("multiclass", "neg_log_loss", lambda m, X, y: -log_loss(y, m.predict_proba(X))),
        ("binary", "neg_log_loss", lambda m, X, y: -log_loss(y, m.predict_proba(X))),
        ("multilabel", "accuracy", lambda m, X, y: accuracy_score(y, m.predict(X))),
        ("binary", lambda a, b: (a == b).sum(), lambda m, X, y: (y == m.predict(X)).sum()),
        (
            "regression",
            "neg_mean_absolute_error",
            lambda m, X, y: -mean_absolute_error(y, m.predict(X)),
        ),
        (
            "regression",
            lambda a, b: -abs(a - b).max(),
            lambda m, X, y: -abs(y - m.predict(X)).max(),
        ),
    ],
)
def test_metric(table, kind, metric, score):
    X, y = table[0], target(kind, table[1])
    fitted = model(kind, metric=metric).fit(X, y, eval_set=(X[:40], y[:40]))
    assert fitted.validation_scores_[-1] == pytest.approx(score(fitted, X[:40], y[:40]))


def test_the_same_bits_for_any_number_of_threads(table):
    X, y = table
    one, two = (model("regression", n_threads=n).fit(X, y) for n in (1, 2))
    np.testing.assert_array_equal(one.coefs_[0], two.coefs_[0])


def test_epochs_in_parts_are_epochs_at_once(table):
    X, y = table
    whole = model("regression", max_iter=6, batch_size=32).fit(X, y)
    parts = model("regression", batch_size=32)
    for _ in range(6):
        parts.partial_fit(X, y)
    np.testing.assert_array_equal(whole.coefs_[0], parts.coefs_[0])


def test_a_first_network_goes_on_in_its_number_type(table):
    X, y = table
    fitted = model("regression").partial_fit(X.astype(np.float32), y).partial_fit(X, y)
    assert fitted.coefs_[0].dtype == np.float32


def test_what_is_printed(table, capsys):
    X, y = table
    model("regression", verbose=True, max_iter=2).fit(X, y)
    assert capsys.readouterr().out.splitlines()[1].startswith("Iteration 2, loss = ")
    model("regression", verbose="progress", max_iter=3).fit(X, y, eval_set=(X, y))
    captured = capsys.readouterr()
    assert "3/3 epochs" in captured.err
    assert captured.out == ""


def test_ctrl_c_keeps_the_epochs_so_far(table):
    X, y = table
    calls = []

    def metric(y_true, y_pred):
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return 0.0

    with pytest.warns(UserWarning, match="interrupted"):
        known = {"metric": metric, "greater_is_better": True}  # so that none is spent on a trial
        fitted = model("regression", **known).fit(X, y, eval_set=(X, y))
    with pytest.raises(KeyboardInterrupt):  # once: a loop ends, and what comes after it goes on
        model("regression").fit(X, y)
    four = model("regression", max_iter=4).fit(X, y)
    np.testing.assert_array_equal(fitted.coefs_[0], four.coefs_[0])
    assert fitted.n_iter_ == 4


def test_balance_is_that_of_the_training_rows(table):
    X, y = table[0], target("multiclass", table[1])
    fitted = model("multiclass", class_weight="balanced")
    rare = y > 0
    fitted.fit(X, y, eval_set=(X[rare], y[rare]))
    weights = len(y) / (3 * np.bincount(y))
    expected = np.average(fitted.predict(X[rare]) == y[rare], weights=weights[y[rare]])
    assert fitted.validation_scores_[-1] == pytest.approx(expected)


def test_warnings(table):
    X, y = table
    with pytest.warns(ConvergenceWarning, match=r"Maximum iterations \(20\) reached") as seen:
        model("regression").fit(X, y)
    assert seen[0].filename == __file__
    with pytest.warns(ConvergenceWarning, match="lbfgs failed to converge after 2 iteration"):
        model("regression", solver="lbfgs", max_iter=2).fit(X, y)
    with pytest.warns(UserWarning, match="clipped"):
        model("regression", batch_size=999).fit(X, y)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"solver": "newton"}, "solver must be one of lbfgs, sgd, adam, found 'newton'"),
        ({"alpha": -1.0}, "alpha must be a number"),
        ({"max_iter": 0}, "max_iter must be a whole number of at least 1, found 0"),
        ({"hidden_layer_sizes": (3, -1)}, "hidden_layer_sizes must be > 0, got"),
        ({"activation": "step"}, "activation must be logistic or one of"),
        ({"activation": ["relu", "tanh"]}, "activation lists 2 names, but .* has 1"),
        ({"dropout": 1.0}, "dropout must be a number"),
        ({"dropout": 0.5, "solver": "lbfgs"}, "neither eval_set nor dropout"),
        ({"metric": "auc"}, "unknown metric 'auc'; the metrics are r2"),
        ({"n_iter_no_change": 0.5}, "n_iter_no_change must be a whole number"),
        ({"verbose": "loud"}, "verbose must be"),
    ],
)
def test_refused_arguments(table, arguments, words):
    X, y = table
    with pytest.raises(SpecError, match=words):
        model("regression", **arguments).fit(X, y)


def test_refused_rows(table):
    X, y = table[0], target("multiclass", table[1])
    labels = target("multilabel", table[1])
    with pytest.raises(DataError, match="at least 0"):
        model("multiclass").fit(X, y, -np.ones(len(y)))
    with pytest.raises(DataError, match="eval_set must be a pair"):
        model("multiclass").fit(X, y, eval_set=X)
    with pytest.raises(DataError, match="class 7, which training has not seen"):
        model("multiclass").fit(X, y, eval_set=(X, np.full(len(y), 7)))
    with pytest.raises(DataError, match="one label a row"):
        model("multilabel", class_weight="balanced").fit(X, labels)
    with pytest.raises(DataError, match="balanced"):
        model("multiclass", class_weight="balanced").partial_fit(X, y, classes=[0, 1, 2])
    with pytest.raises(DataError, match="classes must be passed"):
        model("multiclass").partial_fit(X, y)
    grown = model("multiclass", warm_start=True).fit(X, y).set_params(hidden_layer_sizes=(9,))
    with pytest.raises(SpecError, match=r"hidden_layer_sizes is now \[9\]"):
        grown.fit(X, y)


LONG = [1, 2**63] * 10
LONG_FORMS = {
    "list": LONG,
    "tuple": tuple(LONG),
    "objects": np.array(LONG, object),
    "uint64": np.array(LONG, np.uint64),
}


@pytest.mark.parametrize("form", LONG_FORMS)
def test_long_labels_keep_their_digits(form: str, tmp_path: Path) -> None:
    """NumPy makes floats of 1 and 2^63."""
    X = np.arange(20.0).reshape(-1, 1) % 2
    model = MLPClassifier((4,), max_iter=60, learning_rate_init=0.1, random_state=0)
    model.fit(X, LONG_FORMS[form])
    assert model.classes_.tolist() == [1, 2**63]
    assert model.predict(X).tolist() == LONG
    model.save(tmp_path / "m.safetensors")
    assert chainrule.load(tmp_path / "m.safetensors").predict(X).tolist() == LONG
    started = MLPClassifier(hidden_layer_sizes=(4,)).partial_fit(
        X, LONG_FORMS[form], classes=[1, 2**63]
    )
    assert started.classes_.tolist() == [1, 2**63]


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([-1, 2**63], "whole numbers that 64 bits do not hold; pass labels of such length as text"),
        ([1, 2**70], "whole numbers that 64 bits do not hold"),
        (np.array([1.0, 2.0**63]), r"floats from 2\^63 on.* pass whole numbers as np.uint64"),
    ],
)
def test_labels_that_no_type_holds(labels: Any, words: str) -> None:
    with pytest.raises(DataError, match=words):
        MLPClassifier().fit([[0.0], [1.0]], labels)
