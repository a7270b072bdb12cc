"""How good answers are: the metrics that the command line, the estimators and the detectors share.

Every function takes (truth, answers, weights), rows first, and means over the rows by weight; None
weighs all rows alike. The numbers are those of the functions of the same meaning in
`sklearn.metrics`. Classes are numbers 0, 1, ... of shape (n,) beside probabilities (n, n_classes);
labels that a row may have several of are 0/1 rows of shape (n, n_labels) beside probabilities of
that shape.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.quantiles import quantiles

Array = np.ndarray
Weights = np.ndarray | None


# Of probabilities


def log_loss(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Mean of -log p(truth); of several labels, of the sum over them.

    Probabilities are clipped to [eps, 1 - eps] first, eps the machine epsilon of their number type:
    so a certain answer that is wrong costs 36.04 in float64 and not infinity, as in scikit-learn.
    """
    eps = np.finfo(proba.dtype).eps
    p = np.clip(proba, eps, 1 - eps)
    if truth.ndim == 1:
        likelihood = np.log(p[np.arange(len(p)), truth])
    else:
        likelihood = np.where(truth > 0.5, np.log(p), np.log1p(-p)).sum(axis=1)
    return -_mean(likelihood, weights)


def brier(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Mean of sum_c (p_c - y_c)^2, halved for two classes."""
    if truth.ndim > 1:
        return _mean(((proba - truth) ** 2).sum(axis=1), weights)
    off = proba.copy()
    off[np.arange(len(off)), truth] -= 1.0
    squares = (off**2).sum(axis=1)
    return _mean(squares / 2 if off.shape[1] == 2 else squares, weights)


def accuracy(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Share of rows whose class, or whose every label, is right; a label is on above 1/2."""
    if truth.ndim == 1:
        return _mean(proba.argmax(axis=1) == truth, weights)
    return _mean(((proba > 0.5) == (truth > 0.5)).all(axis=1), weights)


def balanced_error(truth: Array, proba: Array, weights: Weights = None) -> float:
    """The mean over the classes among these rows of the share of wrong ones."""
    mass = np.ones(len(truth)) if weights is None else weights
    wrong = mass * (np.argmax(proba, axis=1) != truth)
    of_class, of_wrong = np.bincount(truth, mass), np.bincount(truth, wrong)
    met = of_class > 0
    return float(np.mean(of_wrong[met] / of_class[met]))


def auc(truth: Array, scores: Array, weights: Weights = None) -> float:
    """Area under the ROC curve, equal scores by half; NaN without rows of both kinds.

    Of more than two classes the mean of one against the rest, of several labels the mean over them,
    each time over those that some rows have and some have not.

    Parameters
    ----------
    truth : ndarray
        Class numbers or 0/1 rows, as above, or 0/1 of shape (n,).
    scores : ndarray
        Probabilities, as above, or of shape (n,).
    """
    if scores.ndim == 1:
        return _area(truth > 0.5, scores, weights)
    if truth.ndim == 1 and scores.shape[1] == 2:
        return _area(truth == 1, scores[:, 1], weights)
    of_output = truth.T > 0.5 if truth.ndim > 1 else np.arange(scores.shape[1])[:, None] == truth
    areas = [_area(t, s, weights) for t, s in zip(of_output, scores.T, strict=True)]
    known = [area for area in areas if not np.isnan(area)]
    return float(np.mean(known)) if known else float("nan")


def _area(positive: Array, score: Array, weights: Weights) -> float:
    _, place = np.unique(score, return_inverse=True)
    mass = np.ones(len(score)) if weights is None else weights
    above = np.bincount(place.reshape(-1), mass * positive)
    below = np.bincount(place.reshape(-1), mass * ~positive)
    pairs = above.sum() * below.sum()
    if not pairs:
        return float("nan")
    return float(above @ (np.cumsum(below) - 0.5 * below) / pairs)


# Of numbers, (n,) or (n, n_outputs)


def rmse(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """Root of the mean of (y - a)^2, the mean over outputs."""
    return float(np.sqrt(_means((truth - predicted) ** 2, weights)).mean())


def mae(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """Mean of |y - a|, the mean over outputs."""
    return float(_means(np.abs(truth - predicted), weights).mean())


def r2(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """1 - sum s (y - a)^2 / sum s (y - mean y)^2, the mean over outputs.

    An output whose truth is one value has 1 where it is met exactly, else 0; one row has NaN.
    """
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


def huber(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """Mean of the sum over outputs of Huber's loss with its knee at 1."""
    off = np.abs(truth - predicted).reshape(len(truth), -1)
    return _mean(np.where(off <= 1.0, 0.5 * off**2, off - 0.5).sum(axis=1), weights)


def poisson_deviance(truth: Array, predicted: Array, weights: Weights = None) -> float:
    """2 mean(y log(y / a) - y + a), the mean over outputs; a above 0."""
    ratio = np.where(truth > 0, truth, predicted) / predicted
    return 2.0 * float(_means(truth * np.log(ratio) - truth + predicted, weights).mean())


# Of quantiles: truth (n,), one column of answers each


def quantile_loss(
    truth: Array, predicted: Array, levels: Sequence[float], weights: Weights = None
) -> float:
    """Mean of max(q r, (q - 1) r) with r = y - a, the mean over the levels q."""
    return float(np.mean(_quantile_losses(truth, predicted, levels, weights)))


def quantile_d2(
    truth: Array, predicted: Array, levels: Sequence[float], weights: Weights = None
) -> float:
    """1 - loss / loss of the rows' own quantile, the mean over the levels; like R2."""
    constant = np.tile(quantiles(truth, weights, levels), (len(truth), 1))
    losses, least = (_quantile_losses(truth, p, levels, weights) for p in (predicted, constant))
    return 1.0 - float(np.mean(np.divide(losses, least)))


def _quantile_losses(
    truth: Array, predicted: Array, levels: Sequence[float], weights: Weights
) -> Array:
    off = truth[:, np.newaxis] - predicted.reshape(len(truth), -1)
    q = np.asarray(levels)
    return _means(np.maximum(q * off, (q - 1.0) * off), weights)


def _means(values: Array, weights: Weights) -> Array:
    """Over the rows, in float64: NumPy adds up columns one row after another in their own type."""
    return np.asarray(np.average(values.astype(np.float64), axis=0, weights=weights))


def _mean(values: Array, weights: Weights) -> float:
    return float(_means(values, weights))
