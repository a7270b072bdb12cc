"""Metrics given as functions: scikit-learn's direction is known, that of others is tried."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    get_scorer,
    log_loss,
    mean_squared_error,
    r2_score,
    roc_auc_score,
)

from chainrule import MLPClassifier, MLPRegressor, Network, TabularClassifier, TabularRegressor
from chainrule.errors import DataNotice, SpecError

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(60, 3))
Y = X[:, 0] + 0.5 * RANDOM.normal(size=60)
LABELS = np.where(Y > 0, "yes", "no")
FEW = {"hidden_layer_sizes": 8, "epochs": 8, "preset": "fast", "random_state": 0}


def gain(y, predicted):
    return -float(np.mean((y - predicted) ** 2))


@pytest.mark.parametrize("metric", [r2_score, get_scorer("r2"), mean_squared_error])
def test_the_best_epoch_by_a_metric_of_scikit_learn(metric):
    found = TabularRegressor(metric=metric, **FEW).fit(X, Y)
    known = TabularRegressor(metric="rmse", **FEW).fit(X, Y)
    assert found.best_epoch_ == known.best_epoch_


@pytest.mark.parametrize("metric", [log_loss, get_scorer("neg_log_loss")])
def test_probabilities_or_labels_as_the_metric_wants_them(metric):
    found = TabularClassifier(metric=metric, calibrate=False, **FEW).fit(X, LABELS)
    known = TabularClassifier(metric="log_loss", calibrate=False, **FEW).fit(X, LABELS)
    assert found.best_epoch_ == known.best_epoch_
    for one in (accuracy_score, roc_auc_score):
        model = TabularClassifier(metric=one, **FEW).fit(X, LABELS)
        history = model.history_.validation_metric
        assert history[model.best_epoch_] == min(history) < 0  # the negative of the score


def test_another_function_is_questioned_where_it_seems_to_be_the_other_way_round():
    with pytest.raises(SpecError, match=r"metric gain gives .* taken for one of which lower is"):
        TabularRegressor(metric=gain, **FEW).fit(X, Y)
    found = TabularRegressor(metric=gain, greater_is_better=True, **FEW).fit(X, Y)
    known = TabularRegressor(metric="rmse", **FEW).fit(X, Y)
    assert found.best_epoch_ == known.best_epoch_
    with pytest.raises(SpecError, match="contradicts metric r2_score"):
        TabularRegressor(metric=r2_score, greater_is_better=False, **FEW).fit(X, Y)


def test_the_drop_in_keeps_the_epoch_of_the_least_error():
    few = {"early_stopping": True, "max_iter": 15, "random_state": 0, "n_iter_no_change": 20}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MLPRegressor(metric=mean_squared_error, **few).fit(X, Y)
        assert max(model.validation_scores_) < 0
        assert model.best_validation_score_ == max(model.validation_scores_)
        with pytest.raises(SpecError, match="of which greater is better"):
            MLPRegressor(metric=lambda y, p: -gain(y, p), **few).fit(X, Y)
        MLPClassifier(metric=lambda y, p: np.mean(y == p), **few).fit(X, LABELS)


def test_the_drop_in_names_a_function():
    def loss(y, predicted):
        return float(np.abs(y - predicted).mean())

    with pytest.raises(SpecError, match="metric loss gives 0 to the true answers"):
        MLPRegressor(metric=loss, early_stopping=True, max_iter=5).fit(X, Y)


def test_networks_follow_the_same_rule():
    def fitted(metric, **keywords):
        net = Network([3, 8, 1], loss="squared_error", random_state=0)
        net.fit(X[:40], Y[:40], eval_set=(X[40:], Y[40:]), epochs=30, metric=metric, **keywords)
        return net.history.best_epoch

    truth = Y[40:]
    assert fitted(r2_score) == fitted("rmse")

    def score(outputs):
        return gain(truth, outputs[:, 0])

    with pytest.raises(SpecError, match="metric score gives"):
        fitted(score)
    assert fitted(score, greater_is_better=True) == fitted("rmse")


def test_what_a_file_does_not_keep_is_said(tmp_path):
    model = TabularRegressor(metric=r2_score, **FEW).fit(X, Y)
    with pytest.warns(DataNotice, match="metric r2_score is a function, which files do not keep"):
        model.save(tmp_path / "model.safetensors")
