"""What every epoch of a recorded course is worth on some of its rows.

The engine chooses an epoch by all validation rows. Whoever wants to know what other rows would have
chosen computes the engine's metrics again, here, from the outputs that were recorded.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.estimators.tabular.calibration import LOG_RANGE, sigmoid, softmax
from chainrule.estimators.tabular.epoch_metric import EngineMetric
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.weights import row_count
from chainrule.reference.losses import OF_ACTIVATION, OF_LOGITS
from chainrule.spec import Loss

Array = np.ndarray
TINY = 1e-38  # what the engine takes for a probability of 0
_STEPS = 8
_LONGEST = 2.0  # step of log beta


def epoch_values(metric: EngineMetric, loss: Loss, outputs: Array, rows: Rows) -> Array:
    """The metric of each epoch, lower is better.

    Parameters
    ----------
    metric : str or callable
        As `engine.fit` takes it.
    outputs : ndarray, shape (n_epochs, n, n_outputs)
        a(L) of the rows after each epoch.
    rows : Rows
        Those n rows; their inputs are not needed.

    Returns
    -------
    ndarray of float64, shape (n_epochs,)
    """
    if callable(metric):
        return np.array([metric(epoch) for epoch in outputs], np.float64)
    a = outputs.astype(np.float64)
    y = as_rows(rows.target, outputs.shape[2], loss)
    if metric == "refined":
        of_row = _refined(a, y, rows.weights, loss)
    elif metric == "error":
        of_row = _errors(a, y, loss)
    elif metric == "rmse":
        of_row = ((a - y) ** 2).mean(axis=2)
    elif metric == "mae":
        of_row = np.abs(a - y).mean(axis=2)
    else:
        of_row = row_losses(a, y, loss)
    return np.average(of_row, axis=1, weights=rows.weights)


def best_epoch(values: Array) -> int:
    """The last of the lowest, NaN apart; the last epoch where all are NaN."""
    finite = np.where(np.isnan(values), math.inf, values)
    return int(len(values) - 1 - np.argmin(finite[::-1]))


def as_rows(target: Array, n_outputs: int, loss: Loss) -> Array:
    """Targets in rows (n, n_columns): class numbers as rows with a single 1."""
    if loss.name == "cross_entropy" and target.ndim == 1:
        return np.asarray(np.eye(n_outputs)[target])
    return np.asarray(target, np.float64).reshape(len(target), -1)


def row_losses(a: Array, y: Array, loss: Loss) -> Array:
    """The loss of each row by its outputs a(L), (..., n, n_outputs) to (..., n)."""
    if loss.name in OF_ACTIVATION:
        return np.asarray(OF_ACTIVATION[loss.name][0](a, y, loss).sum(axis=-1))
    z = logits_of(a, loss.name == "binary_cross_entropy")
    return np.asarray(OF_LOGITS[loss.name][0](z, y, loss).sum(axis=-1))


def logits_of(a: Array, multilabel: bool) -> Array:
    """z(L) from a(L), of softmax up to a number that all outputs of a row share."""
    z = np.log(np.maximum(a, TINY))
    return np.asarray(z - np.log(np.maximum(1.0 - a, TINY)) if multilabel else z)


def _errors(a: Array, y: Array, loss: Loss) -> Array:
    if loss.name == "cross_entropy":
        return np.asarray(a.argmax(axis=2) != y.argmax(axis=1))
    return np.asarray(((a > 0.5) != (y > 0.5)).mean(axis=2))


def _refined(a: Array, y: Array, weights: Array | None, loss: Loss) -> Array:
    """Row losses of each epoch at its best temperature, by Newton steps of log beta."""
    multilabel = loss.name == "binary_cross_entropy"
    z = logits_of(a, multilabel)
    smoothing = 1.0 / (row_count(a.shape[1], weights) + 1.0)
    any_output = 0.5 if multilabel else 1.0 / a.shape[2]
    wanted = (z * ((1.0 - smoothing) * y + smoothing * any_output)).sum(axis=2)
    w = np.ones(a.shape[1]) if weights is None else weights
    log_beta = np.zeros(len(a))
    for _ in range(_STEPS):  # the loss is convex in beta
        beta = np.exp(log_beta)
        p = _link(beta[:, None, None] * z, multilabel)
        expected = (z * p).sum(axis=2)
        if multilabel:
            spread = (z**2 * p * (1.0 - p)).sum(axis=2)
        else:
            spread = (z**2 * p).sum(axis=2) - expected**2
        slope, curvature = (expected - wanted) @ w, np.maximum(spread @ w, 1e-300)
        step = np.clip(-slope / (beta * curvature), -_LONGEST, _LONGEST)
        log_beta = np.clip(log_beta + step, -LOG_RANGE, LOG_RANGE)
    return row_losses(_link(np.exp(log_beta)[:, None, None] * z, multilabel), y, loss)


def _link(z: Array, multilabel: bool) -> Array:
    if multilabel:
        return sigmoid(z)
    return softmax(z.reshape(-1, z.shape[2])).reshape(z.shape)
