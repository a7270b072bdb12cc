"""How far predictions are from the truth, by the name of a metric; lower is better.

What is a score elsewhere stands here as 1 minus it, so that differences are the same up to sign.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.metrics import (
    mean_absolute_error,
    mean_poisson_deviance,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

_TINY = 1e-38

Weights = np.ndarray | None


def class_error(
    metric: str, y: np.ndarray, proba: np.ndarray, weights: Weights, multilabel: bool
) -> float:
    """Of probabilities (n, n_outputs) against class numbers (n,), or 0/1 rows.

    Parameters
    ----------
    metric : str
        "log_loss": mean of -log p(truth), over several labels the sum of theirs; "brier": mean of
        sum_c (p_c - y_c)^2, halved for two classes; "accuracy": share of rows that are not all
        right; "balanced_accuracy": the mean over classes of that share; "auc": 1 minus the area
        under the ROC curve, the mean of one against the rest for more than two classes.
    """
    rows = np.arange(len(y))
    if metric == "auc":
        positive = proba[:, 1] if not multilabel and proba.shape[1] == 2 else proba
        return 1.0 - float(roc_auc_score(y, positive, multi_class="ovr", sample_weight=weights))
    if metric == "log_loss":
        p = np.where(y > 0.5, proba, 1.0 - proba) if multilabel else proba[rows, y][:, np.newaxis]
        return _mean(-np.log(np.maximum(p, _TINY)).sum(axis=1), weights)
    if metric == "brier":
        off = proba.copy()
        if multilabel:
            off -= y
        else:
            off[rows, y] -= 1.0
        squares = (off**2).sum(axis=1)
        return _mean(squares / 2 if off.shape[1] == 2 and not multilabel else squares, weights)
    if multilabel:
        return _mean(((proba > 0.5) != (y > 0.5)).any(axis=1), weights)
    wrong = np.argmax(proba, axis=1) != y
    if metric == "balanced_accuracy":
        return balanced_mean(wrong, y, weights)
    return _mean(wrong, weights)


def number_error(
    metric: str,
    y: np.ndarray,
    predicted: np.ndarray,
    weights: Weights,
    quantiles: tuple[float, ...],
) -> float:
    """Of predictions against numbers, (n,) or (n, n_outputs), both in y's own units.

    Parameters
    ----------
    metric : str
        "rmse", "mae", "poisson_deviance": means over the outputs; "r2": 1 - R2; "huber": the sum
        over the outputs, with the knee at 1; "pinball": the mean over the quantiles of the pinball
        loss; "d2": the mean of each such loss over the least that a constant reaches.
    """
    if metric in ("pinball", "d2"):
        columns = predicted.reshape(len(y), -1).T
        losses = [_pinball(y, p, q, weights) for p, q in zip(columns, quantiles, strict=True)]
        if metric == "pinball":
            return float(np.mean(losses))
        least = [_pinball(y, _quantile(y, q, weights), q, weights) for q in quantiles]
        return float(np.mean(np.divide(losses, least)))
    if metric == "poisson_deviance":
        deviances = [
            mean_poisson_deviance(t, p, sample_weight=weights)
            for t, p in zip(y.reshape(len(y), -1).T, predicted.reshape(len(y), -1).T, strict=True)
        ]
        return float(np.mean(deviances))
    if metric == "huber":
        off = np.abs(y - predicted)
        return _mean(np.where(off <= 1.0, 0.5 * off**2, off - 0.5).sum(axis=1), weights)
    if metric == "r2":
        return 1.0 - float(r2_score(y, predicted, sample_weight=weights))
    error: Callable[..., Any] = mean_absolute_error if metric == "mae" else root_mean_squared_error
    return float(error(y, predicted, sample_weight=weights))


def balanced_mean(wrong: np.ndarray, y: np.ndarray, weights: Weights) -> float:
    """The mean over the classes among these rows of the weighted share of wrong ones."""
    mass, of_wrong = (np.bincount(y, w) for w in _both(wrong, weights))
    met = mass > 0
    return float(np.mean(of_wrong[met] / mass[met]))


def _both(wrong: np.ndarray, weights: Weights) -> tuple[np.ndarray, np.ndarray]:
    mass = np.ones(len(wrong)) if weights is None else weights
    return mass, mass * wrong


def _mean(values: np.ndarray, weights: Weights) -> float:
    return float(np.average(values, weights=weights))


def _pinball(y: np.ndarray, predicted: Any, q: float, weights: Weights) -> float:
    off = y - predicted
    return _mean(np.maximum(q * off, (q - 1.0) * off), weights)


def _quantile(y: np.ndarray, q: float, weights: Weights) -> float:
    """A constant of the least pinball loss: the first y up to which share q of the rows lie."""
    order = np.argsort(y)
    up_to = np.cumsum(np.ones(len(y)) if weights is None else weights[order])
    return float(y[order[np.searchsorted(up_to, q * up_to[-1])]])
