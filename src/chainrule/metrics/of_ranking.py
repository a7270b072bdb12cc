"""Metrics of the order in which rows are ranked; class numbers and 0/1 rows as in `of_classes`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.metrics.given import Array, Weights, class_rows, scored_rows

OfOne = Callable[[Array, Array, Weights], float]  # of rows of one kind against the rest


def auc(truth: Array, scores: Array, weights: Weights = None) -> float:
    """Area under the ROC curve, equal scores by half; NaN without rows of both kinds.

    Of more than two classes the mean of one against the rest, of several labels the mean over them,
    each time over those that some rows have and some have not.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    scores : array (n_samples, n_classes)
        Probabilities; of several labels a column each; of 0/1 truth also (n_samples,).
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
    truth, scores, weights = scored_rows(truth, scores, weights)
    if scores.ndim == 1:
        return _area(truth > 0.5, scores, weights)
    return _over_outputs(_area, truth, scores, weights)


def average_precision(truth: Array, proba: Array, weights: Weights = None) -> float:
    """Sum over thresholds of (recall_k - recall_(k-1)) precision_k, of class 1.

    Of more than two classes the mean of one against the rest, of several labels the mean over them,
    each time over those that some rows have; NaN without any.

    Parameters
    ----------
    truth : array (n_samples,)
        Class numbers from 0, or 0/1 columns (n_samples, n_labels).
    proba : array (n_samples, n_classes)
        Probabilities; of several labels a column each.
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
    truth, proba, weights = class_rows(truth, proba, weights)
    return _over_outputs(_average_precision, truth, proba, weights)


def _over_outputs(metric: OfOne, truth: Array, scores: Array, weights: Weights) -> float:
    """Of class 1 where there are two, else the mean over the outputs of which it is known."""
    if truth.ndim == 1 and scores.shape[1] == 2:
        return metric(truth == 1, scores[:, 1], weights)
    of_output = truth.T > 0.5 if truth.ndim > 1 else np.arange(scores.shape[1])[:, None] == truth
    found = [metric(t, s, weights) for t, s in zip(of_output, scores.T, strict=True)]
    known = [value for value in found if not np.isnan(value)]
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


def _average_precision(positive: Array, score: Array, weights: Weights) -> float:
    _, place = np.unique(-score, return_inverse=True)
    mass = np.ones(len(score)) if weights is None else weights
    right = np.bincount(place.reshape(-1), mass * positive)
    every = np.cumsum(np.bincount(place.reshape(-1), mass))
    if not right.sum():
        return float("nan")
    precisions = np.divide(np.cumsum(right), every, out=np.zeros_like(every), where=every > 0)
    return float(right @ precisions / right.sum())
