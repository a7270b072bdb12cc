"""The metric that chooses the best epoch, by name or as a function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.rows import Rows

# name -> what the engine computes after each epoch. A ranking is steered by the log-loss itself,
# which is smoother than the AUC of few rows.
CLASSIFIER_METRICS = {"log_loss": "loss", "accuracy": "error", "auc": "loss"}
REGRESSOR_METRICS = {"rmse": "rmse", "r2": "rmse", "mae": "mae"}

EngineMetric = str | Callable[[np.ndarray], float]


def engine_metric(
    metric: Any, names: dict[str, str], validation: Rows | None, decode: Callable[..., np.ndarray]
) -> EngineMetric:
    """What `engine.fit` is told.

    Parameters
    ----------
    metric : None, str or callable
        None is the first of `names`. A callable gets (y_true, y_pred) of the validation rows, both
        as `fit` and `predict` (for classifiers `predict_proba`) know them; lower is better.
    names : dict of str to str
        `CLASSIFIER_METRICS` or `REGRESSOR_METRICS`.
    validation : Rows or None
        None without validation rows: the training loss then serves `patience`.
    decode : callable
        From the network's output to predictions.
    """
    if callable(metric):
        if validation is None:
            return "loss"
        y_true = validation.raw
        return lambda y_pred: _number(metric, metric(y_true, decode(y_pred)))
    metric = next(iter(names)) if metric is None else metric
    if not isinstance(metric, str) or metric not in names:
        raise SpecError(
            f"unknown metric {metric!r}; the metrics are {', '.join(names)}, or a function of "
            "(y_true, y_pred) where lower is better."
        )
    return "loss" if validation is None else names[metric]


def _number(metric: Callable[..., Any], value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        name = getattr(metric, "__name__", "metric")
        raise SpecError(f"metric {name} must return a number, found {value!r}.") from None
