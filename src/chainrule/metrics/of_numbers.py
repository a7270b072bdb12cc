"""Metrics of numbers, (n,) or (n, n_outputs), and of quantiles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.errors import DataError
from chainrule.metrics.given import Array, Weights, number_rows, quantile_rows
from chainrule.metrics.of_classes import mean, means
from chainrule.quantiles import quantiles


def rmse(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """Root of the mean of (y - a)^2, the mean over outputs.

    Parameters
    ----------
    truth : array (n_samples,) or (n_samples, n_outputs)
        The targets y.
    predicted : array (n_samples,) or (n_samples, n_outputs)
        The answers a.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, weights = number_rows(truth, predicted, weights)
    return float(np.sqrt(means((truth - predicted) ** 2, weights)).mean())


def mae(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """Mean of |y - a|, the mean over outputs.

    Parameters
    ----------
    truth : array (n_samples,) or (n_samples, n_outputs)
        The targets y.
    predicted : array (n_samples,) or (n_samples, n_outputs)
        The answers a.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, weights = number_rows(truth, predicted, weights)
    return float(means(np.abs(truth - predicted), weights).mean())


def r2(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """1 - sum s (y - a)^2 / sum s (y - mean y)^2, the mean over outputs.

    An output whose truth is one value has 1 where it is met exactly, else 0; one row has NaN.

    Parameters
    ----------
    truth : array (n_samples,) or (n_samples, n_outputs)
        The targets y.
    predicted : array (n_samples,) or (n_samples, n_outputs)
        The answers a.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, weights = number_rows(truth, predicted, weights)
    if len(truth) < 2:
        return float("nan")
    s = np.ones((len(truth), 1)) if weights is None else weights[:, None]
    y = truth.astype(np.float64).reshape(len(truth), -1)
    residual = (s * (y - predicted.reshape(y.shape)) ** 2).sum(axis=0)
    spread = (s * (y - np.average(y, axis=0, weights=weights)) ** 2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        constant = np.where(residual == 0, 1.0, 0.0)
        values = np.where(spread > 0, 1 - residual / spread, constant)
    return float(values.mean())


def mape(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """Mean of |y - a| / |y|, the mean over outputs; NaN where a y is 0.

    Parameters
    ----------
    truth : array (n_samples,) or (n_samples, n_outputs)
        The targets y.
    predicted : array (n_samples,) or (n_samples, n_outputs)
        The answers a.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, weights = number_rows(truth, predicted, weights)
    if not truth.all():
        return float("nan")
    shares = np.abs((truth - predicted) / truth)
    return float(means(shares, weights).mean())


def huber(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """Mean of the sum over outputs of Huber's loss with its knee at 1.

    Parameters
    ----------
    truth : array (n_samples,) or (n_samples, n_outputs)
        The targets y.
    predicted : array (n_samples,) or (n_samples, n_outputs)
        The answers a.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, weights = number_rows(truth, predicted, weights)
    off = np.abs(truth - predicted).reshape(len(truth), -1)
    return mean(np.where(off <= 1.0, 0.5 * off**2, off - 0.5).sum(axis=1), weights)


def poisson_deviance(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """2 mean(y log(y / a) - y + a), the mean over outputs; infinite where a y has an a of 0.

    Parameters
    ----------
    truth : array (n_samples,) or (n_samples, n_outputs)
        The targets y.
    predicted : array (n_samples,) or (n_samples, n_outputs)
        The answers a.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, weights = number_rows(truth, predicted, weights)
    if (truth < 0).any() or (predicted < 0).any():
        raise DataError("truth and predicted must not be negative for the deviance of counts.")
    with np.errstate(divide="ignore"):  # a count where none was thought possible
        ratio = np.divide(truth, predicted, out=np.ones(truth.shape), where=truth > 0)
    return 2.0 * float(means(truth * np.log(ratio) - truth + predicted, weights).mean())


# Of quantiles: truth (n,), one column of answers each


def quantile_loss(
    truth: Array, predicted: Array, levels: Sequence[float], weights: Weights = None
) -> float:
    """Mean of max(q r, (q - 1) r) with r = y - a, the mean over the levels q.

    Parameters
    ----------
    truth : array (n_samples,)
        The targets y.
    predicted : array (n_samples, n_levels)
        The answers a.
    levels : sequence of float
        The levels q, between 0 and 1, one for each column of answers.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, q, weights = quantile_rows(truth, predicted, levels, weights)
    return float(np.mean(_quantile_losses(truth, predicted, q, weights)))


def quantile_d2(
    truth: Array, predicted: Array, levels: Sequence[float], weights: Weights = None
) -> float:
    """1 - loss / loss of the rows' own quantile, the mean over the levels; like R2.

    Parameters
    ----------
    truth : array (n_samples,)
        The targets y.
    predicted : array (n_samples, n_levels)
        The answers a.
    levels : sequence of float
        The levels q, between 0 and 1, one for each column of answers.
    weights : array (n_samples,), optional
        Default: 1 for every row.

    Returns
    -------
    float

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    truth, predicted, q, weights = quantile_rows(truth, predicted, levels, weights)
    constant = np.tile(quantiles(truth, weights, q), (len(truth), 1))
    losses, least = (_quantile_losses(truth, p, q, weights) for p in (predicted, constant))
    return 1.0 - float(np.mean(np.divide(losses, least)))


def _quantile_losses(truth: Array, predicted: Array, q: Array, weights: Weights) -> Array:
    off = truth[:, np.newaxis] - predicted
    return means(np.maximum(q * off, (q - 1.0) * off), weights)
