"""Names of metrics and functions as metrics."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import SpecError
from chainrule.estimators.metrics import CLASSIFIER_METRICS, REGRESSOR_METRICS, engine_metric
from chainrule.estimators.rows import Rows


def twice(outputs):
    return 2 * outputs


Y = np.array([1.0, 2.0])
ROWS = Rows(np.zeros((2, 1)), Y, Y, None)


def test_names():
    assert engine_metric(None, CLASSIFIER_METRICS, ROWS, twice) == "loss"
    assert engine_metric("accuracy", CLASSIFIER_METRICS, ROWS, twice) == "error"
    assert engine_metric(None, REGRESSOR_METRICS, ROWS, twice) == "rmse"
    assert engine_metric("mae", REGRESSOR_METRICS, ROWS, twice) == "mae"
    assert engine_metric("mae", REGRESSOR_METRICS, None, twice) == "loss"


def test_a_function_sees_targets_and_decoded_predictions():
    metric = engine_metric(lambda t, p: np.abs(t - p).sum(), REGRESSOR_METRICS, ROWS, twice)
    assert metric(np.array([0.5, 2.0])) == 2.0
    assert engine_metric(max, REGRESSOR_METRICS, None, twice) == "loss"
    broken = engine_metric(lambda t, p: "good", REGRESSOR_METRICS, ROWS, twice)
    with pytest.raises(SpecError, match="must return a number, found 'good'"):
        broken(Y)


@pytest.mark.parametrize("metric", ["f1", 3, ["accuracy"]])
def test_unknown_metrics(metric):
    with pytest.raises(SpecError, match="the metrics are log_loss, accuracy, auc"):
        engine_metric(metric, CLASSIFIER_METRICS, None, twice)
