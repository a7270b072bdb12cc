"""The metric that chooses the best epoch, by name or as a function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.tabular.rows import Rows
from chainrule.metrics import balanced_error
from chainrule.metrics.functions import FunctionMetric

# name -> what the engine computes after each epoch; the first is the default. A ranking is steered
# by the log-loss itself, which is smoother than the AUC of few rows. The engine has no
# "balanced_error": `engine_metric` makes its function.
CLASSIFIER_METRICS = {
    "log_loss": "loss",
    "brier": "loss",
    "accuracy": "error",
    "balanced_accuracy": "balanced_error",
    "auc": "loss",
}
MULTILABEL_METRICS = {
    name: computed for name, computed in CLASSIFIER_METRICS.items() if name != "balanced_accuracy"
}
# The loss of quantiles, which is its own metric.
QUANTILE_LOSS = "pinball"
# Loss -> its metrics.
REGRESSOR_METRICS = {
    "squared_error": {"rmse": "rmse", "r2": "rmse", "mae": "mae"},
    "absolute_error": {"mae": "mae", "rmse": "rmse", "r2": "rmse"},
    "huber": {"huber": "loss", "mae": "mae", "rmse": "rmse", "r2": "rmse"},
    "poisson": {"poisson_deviance": "loss", "rmse": "rmse", "r2": "rmse", "mae": "mae"},
    QUANTILE_LOSS: {QUANTILE_LOSS: "loss"},
}

EngineMetric = str | Callable[[np.ndarray], float]


def engine_metric(
    metric: Any,
    names: Mapping[str, str],
    validation: Rows | None,
    decode: Callable[[np.ndarray], np.ndarray],
    classes: np.ndarray | None = None,
) -> EngineMetric:
    """What `engine.fit` is told.

    Parameters
    ----------
    metric : None, str or FunctionMetric
        None is the first of `names`. A function gets (y_true, y_pred) of the validation rows, both
        as `fit` and `predict` (for classifiers `predict_proba`) know them.
    names : mapping of str to str
        One of the tables above.
    validation : Rows or None
        None without validation rows: the training loss then serves `patience`.
    decode : callable
        From the network's output to predictions.
    classes : ndarray or None
        Of classifiers.

    Raises
    ------
    SpecError
        For an unknown name; later, where a function returns no number.
    """
    if isinstance(metric, FunctionMetric):
        if validation is None:
            return "loss"
        y_true, sign = validation.raw, "-" if metric.greater_is_better else ""
        return _named(
            lambda outputs: metric.error(y_true, decode(outputs), classes), f"{sign}{metric.name}"
        )
    metric = next(iter(names)) if metric is None else known(metric, names)
    if validation is None:
        return "loss"
    if names[metric] != "balanced_error":
        return names[metric]
    y, weights = validation.target, validation.weights

    def error(proba: np.ndarray) -> float:
        """NaN, which is never best, where the outputs are not all finite."""
        return balanced_error(y, proba, weights) if np.isfinite(proba).all() else math.nan

    return _named(error, "balanced error")


def _named(function: Callable[[np.ndarray], float], name: str) -> Callable[[np.ndarray], float]:
    """The function, called so by the line of progress."""
    function.__name__ = name
    return function


def known(metric: Any, names: Mapping[str, str]) -> str:
    """The name; `SpecError` unless it is one of these."""
    if not isinstance(metric, str) or metric not in names:
        raise SpecError(
            f"unknown metric {metric!r}; the metrics are {', '.join(names)}, or a function of "
            "(y_true, y_pred)."
        )
    return metric
