"""A row of weight k is k rows, a row of weight 0 none: in every loss, metric and estimator."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor
from chainrule.estimators.tabular.epoch_metric import (
    CLASSIFIER_METRICS,
    MULTILABEL_METRICS,
    REGRESSOR_METRICS,
)

# Mini-batches, drawn starting points and dropout see rows one by one; without them the law is
# exact, and rounding is all that differs.
FULL_BATCH = {
    "n_members": 1,
    "hidden_layer_sizes": 8,
    "batch_size": None,
    "dropout": 0,
    "init": "ntk",
    "epochs": 20,
    "learning_rate": 0.01,
    "dtype": "float64",
    "random_state": 0,
    "categorical_features": [3, 4],
}
WEIGHTS = np.random.default_rng(3).integers(0, 4, 60).astype(float)
COPIES = np.repeat(np.arange(60), WEIGHTS.astype(int))


def table(kind):
    """Numbers with gaps, a category of few levels and one of many, and a target of this kind."""
    rng = np.random.default_rng(len(kind))
    X = rng.normal(size=(60, 5))
    X[:, 3], X[:, 4] = rng.integers(0, 3, 60), rng.integers(0, 12, 60)
    signal = X[:, 0] - 0.5 * X[:, 1] + 0.3 * rng.normal(size=60)
    X[rng.random(60) < 0.2, 2] = np.nan
    targets = {
        "binary": np.where(signal > 0.3, "yes", "no"),
        "multiclass": np.digitize(signal, [-0.6, 0.5]),
        "multilabel": np.column_stack([signal > 0, X[:, 1] > 0.5]).astype(int),
        "numbers": 3.0 * signal + 10.0,
        "several numbers": np.column_stack([signal, np.exp(signal)]),
        "counts": rng.poisson(np.exp(signal)),
    }
    return X, targets[kind]


def answers(model, X, y, weights):
    """Everything that the fitted model says, with scores by these weights."""
    found = [model.predict_proba(X) if hasattr(model, "predict_proba") else model.predict(X)]
    found.append(model.score(X, y, weights))
    found.append(model.loss_curve_)
    return [np.asarray(part, dtype=np.float64) for part in found]


def assert_law(make, kind, fitted=answers, **extra):
    X, y = table(kind)
    weighted = make().fit(X, y, WEIGHTS, **extra)
    copied = make().fit(X[COPIES], y[COPIES], **extra)
    kept = WEIGHTS > 0
    removed = make().fit(X[kept], y[kept], WEIGHTS[kept], **extra)
    expected = fitted(copied, X, y, WEIGHTS)
    for part, other in zip(fitted(weighted, X, y, WEIGHTS), expected, strict=True):
        np.testing.assert_allclose(part, other, rtol=1e-7, atol=1e-9)
    for part, other in zip(fitted(removed, X, y, WEIGHTS), expected, strict=True):
        np.testing.assert_allclose(part, other, rtol=1e-7, atol=1e-9)
    by_copies = copied.score(X[COPIES], y[COPIES])
    assert weighted.score(X, y, WEIGHTS) == pytest.approx(by_copies, rel=1e-7, abs=1e-9)


@pytest.mark.parametrize(
    ("kind", "class_weight"),
    [
        ("multilabel", None),
        *itertools.product(["binary", "multiclass"], [None, "balanced", "mapping"]),
    ],
)
def test_classifiers(kind, class_weight):
    if class_weight == "mapping":
        class_weight = {table(kind)[1][0]: 2.5}
    arguments = FULL_BATCH | {"class_weight": class_weight, "validation_fraction": 0}
    assert_law(lambda: TabularClassifier(**arguments), kind)


@pytest.mark.parametrize(
    ("loss", "kind"),
    [
        ("squared_error", "numbers"),
        ("squared_error", "several numbers"),
        ("absolute_error", "several numbers"),
        ("huber", "numbers"),
        ("huber", "several numbers"),
        ("poisson", "counts"),
        ("pinball", "numbers"),
    ],
)
def test_regressors(loss, kind):
    arguments = FULL_BATCH | {"loss": loss, "validation_fraction": 0}
    assert_law(lambda: TabularRegressor(**arguments), kind)


def measured(model, X, y, weights):
    """What validation rows decide: the epoch, the temperature, the intervals; and importances."""
    parts = [model.best_epoch_, model.validation_curve_, model.history_.validation_metric]
    if hasattr(model, "predict_proba"):
        parts += [[t.beta for t in model.temperatures_], model.predict_proba(X)]
    else:
        parts += [model.predict(X), model.predict_interval(X, 0.8)]
    return [np.asarray(part, dtype=np.float64) for part in parts]


def assert_law_of_validation(make, kind, counted=True):
    """A row of weight 0 is none, and the weights' unit is no matter.

    One of weight k counts k times in scores, but it is one observation: how sure temperatures and
    intervals may be, and with them a score after the best temperature (not `counted`), goes by how
    many rows there are.
    """
    X, y = table(kind)

    def fitted(X_eval, y_eval, weights=None):
        model = make().fit(X[::-1], y[::-1], eval_set=(X_eval, y_eval), eval_sample_weight=weights)
        assert model.best_epoch_ is not None
        return model

    kept = WEIGHTS > 0
    removed = fitted(X[kept], y[kept])
    masked = fitted(X, y, kept.astype(float))
    for part, other in zip(
        measured(masked, X, y, None), measured(removed, X, y, None), strict=True
    ):
        np.testing.assert_allclose(part, other, rtol=1e-7, atol=1e-9)

    weighted = fitted(X, y, WEIGHTS)
    often = fitted(X, y, 1024 * WEIGHTS)
    for part, other in zip(
        measured(weighted, X, y, None), measured(often, X, y, None), strict=True
    ):
        np.testing.assert_array_equal(part, other)
    copied = fitted(X[COPIES], y[COPIES])
    if counted:
        assert weighted.best_epoch_ == copied.best_epoch_
        np.testing.assert_allclose(weighted.validation_curve_, copied.validation_curve_, rtol=1e-7)


@pytest.mark.parametrize(
    ("kind", "metric"),
    [
        *itertools.product(["binary", "multiclass"], CLASSIFIER_METRICS),
        *itertools.product(["multilabel"], MULTILABEL_METRICS),
    ],
)
def test_the_metrics_of_classifiers(kind, metric):
    counted = metric not in ("log_loss", "brier")
    assert_law_of_validation(lambda: TabularClassifier(metric=metric, **FULL_BATCH), kind, counted)


@pytest.mark.parametrize(
    ("loss", "metric"),
    [(loss, metric) for loss, metrics in REGRESSOR_METRICS.items() for metric in metrics],
)
def test_the_metrics_of_regressors(loss, metric):
    arguments = FULL_BATCH | {"loss": loss, "metric": metric, "learning_rate": 0.05}
    kind = "counts" if loss == "poisson" else "numbers"
    assert_law_of_validation(lambda: TabularRegressor(**arguments), kind)


def test_rare_heavy_rows_are_heard_in_mini_batches():
    """Six rows in a thousand weigh as much as all others: two means, as with copied rows."""
    n = 1_000
    level, heavy = np.arange(n) % 2, np.arange(n) % 166 < 1
    heavy[1:] |= heavy[:-1]  # of both levels
    y = np.where(heavy, 9.0, 1.0) + level
    weights = np.where(heavy, (n - heavy.sum()) / heavy.sum(), 1.0)
    X = level[:, np.newaxis].astype(float)
    model = TabularRegressor(
        n_members=1,
        hidden_layer_sizes=8,
        dropout=0,
        validation_fraction=0,
        batch_size=16,
        epochs=60,
        random_state=0,
    ).fit(X, y, weights)
    right = [np.average(y[level == k], weights=weights[level == k]) for k in (0, 1)]
    np.testing.assert_allclose(model.predict([[0.0], [1.0]]), right, atol=0.6)


def test_class_weights_are_heard_in_mini_batches():
    """A class of one row in 50 that weighs 49 times as much is as likely as the other."""
    y = (np.arange(1_000) % 50 == 0).astype(int)
    model = TabularClassifier(
        n_members=1,
        hidden_layer_sizes=8,
        dropout=0,
        validation_fraction=0,
        batch_size=8,
        epochs=40,
        class_weight={1: 49.0},
        random_state=0,
    ).fit(np.zeros((1_000, 1)), y)
    np.testing.assert_allclose(model.predict_proba([[0.0]]), [[0.5, 0.5]], atol=0.1)


def test_members_of_an_evaluation_set():
    arguments = FULL_BATCH | {"n_members": 3}
    assert_law_of_validation(lambda: TabularClassifier(**arguments), "multiclass", counted=False)
    assert_law_of_validation(lambda: TabularRegressor(**arguments), "several numbers")


@pytest.mark.parametrize("solver", ["lbfgs", "adam", "sgd"])
@pytest.mark.parametrize(
    ("make", "kind", "given"),
    [
        (MLPClassifier, "multiclass", {}),
        (MLPClassifier, "binary", {"class_weight": "balanced"}),
        (MLPRegressor, "numbers", {}),
        (MLPRegressor, "counts", {"loss": "poisson"}),
    ],
)
def test_the_drop_in(make, kind, given, solver):
    arguments = {"hidden_layer_sizes": (8,), "batch_size": 500, "max_iter": 20, **given}
    X, y = table(kind)
    X = np.nan_to_num(X)

    def fitted(rows, weights):
        model = make(solver=solver, random_state=0, **arguments)
        return model.fit(X[rows], y[rows], weights)

    weighted, copied = fitted(slice(None), WEIGHTS), fitted(COPIES, None)
    np.testing.assert_allclose(weighted.coefs_[0], copied.coefs_[0], rtol=1e-6, atol=1e-8)
    assert weighted.score(X, y, WEIGHTS) == pytest.approx(copied.score(X[COPIES], y[COPIES]))
