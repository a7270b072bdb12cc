"""Names of metrics and functions as metrics."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from chainrule.errors import SpecError
from chainrule.estimators.tabular.epoch_metric import (
    CLASSIFIER_METRICS,
    REGRESSOR_METRICS,
    engine_metric,
)
from chainrule.estimators.tabular.rows import Rows
from chainrule.metrics.functions import function_metric


def twice(outputs):
    return 2 * outputs


Y = np.array([1.0, 2.0])
ROWS = Rows(np.zeros((2, 1)), Y, Y, None)


REGRESSION = REGRESSOR_METRICS["squared_error"]


def test_names():
    assert engine_metric(None, CLASSIFIER_METRICS, ROWS, twice) == "loss"
    assert engine_metric("accuracy", CLASSIFIER_METRICS, ROWS, twice) == "error"
    assert engine_metric(None, REGRESSION, ROWS, twice) == "rmse"
    assert engine_metric("mae", REGRESSION, ROWS, twice) == "mae"
    assert engine_metric("mae", REGRESSION, None, twice) == "loss"
    firsts = [engine_metric(None, names, ROWS, twice) for names in REGRESSOR_METRICS.values()]
    assert firsts == ["rmse", "mae", "loss", "loss", "loss"]


def test_a_function_sees_targets_and_decoded_predictions():
    def told(function):
        return function_metric(function, None, assumed=False)

    metric = engine_metric(told(lambda t, p: np.abs(t - p).sum()), REGRESSION, ROWS, twice)
    assert metric(np.array([0.5, 2.0])) == 2.0
    assert engine_metric(told(max), REGRESSION, None, twice) == "loss"
    broken = engine_metric(told(lambda t, p: "good"), REGRESSION, ROWS, twice)
    with pytest.raises(SpecError, match="must return a number, found 'good'"):
        broken(Y)


def test_balanced_accuracy_counts_each_class_alike():
    y, weights = np.array([0, 0, 0, 2]), np.array([1.0, 2.0, 1.0, 5.0])
    proba = np.eye(3)[[0, 1, 0, 2]]
    metric = engine_metric("balanced_accuracy", CLASSIFIER_METRICS, Rows(y, y, y, weights), twice)
    expected = 1.0 - balanced_accuracy_score(y, proba.argmax(axis=1), sample_weight=weights)
    assert metric(proba) == pytest.approx(expected)


@pytest.mark.parametrize("metric", ["f1", 3, ["accuracy"]])
def test_unknown_metrics(metric):
    with pytest.raises(SpecError, match="the metrics are log_loss, brier, accuracy"):
        engine_metric(metric, CLASSIFIER_METRICS, None, twice)
