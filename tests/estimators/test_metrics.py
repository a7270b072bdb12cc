"""Names of metrics and functions as metrics."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.errors import SpecError
from chainrule.estimators.metrics import CLASSIFIER_METRICS, REGRESSOR_METRICS, engine_metric


def twice(outputs):
    return 2 * outputs


def test_names():
    assert engine_metric(None, CLASSIFIER_METRICS, None, twice) == "loss"
    assert engine_metric("accuracy", CLASSIFIER_METRICS, None, twice) == "error"
    assert engine_metric(None, REGRESSOR_METRICS, None, twice) == "rmse"
    assert engine_metric("mae", REGRESSOR_METRICS, None, twice) == "mae"


def test_a_function_sees_targets_and_decoded_predictions():
    y = np.array([1.0, 2.0])
    metric = engine_metric(lambda t, p: np.abs(t - p).sum(), REGRESSOR_METRICS, y, twice)
    assert metric(np.array([0.5, 2.0])) == 2.0
    assert engine_metric(max, REGRESSOR_METRICS, None, twice) == "loss"
    broken = engine_metric(lambda t, p: "good", REGRESSOR_METRICS, y, twice)
    with pytest.raises(SpecError, match="must return a number, found 'good'"):
        broken(y)


@pytest.mark.parametrize("metric", ["f1", 3, ["accuracy"]])
def test_unknown_metrics(metric):
    with pytest.raises(SpecError, match="the metrics are log_loss, accuracy, auc"):
        engine_metric(metric, CLASSIFIER_METRICS, None, twice)
