"""Thresholds of two classes: from which probability on the second one is answered.

Of costs the threshold follows without any rows, since probabilities are calibrated. A missed row of
the second class that costs r false alarms is worth answering from

    p r >= 1 - p,       p >= 1 / (1 + r)

A metric such as F1 has no such formula: the threshold where it is largest is found on rows whose
answers are known. It is best on those rows, so that the metric there is too good; what it is worth
is told by two halves of the rows, each answered by the threshold of the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.estimators.tabular.evaluation import Evaluation, at_threshold
from chainrule.metrics import OF_CLASSES

Array = np.ndarray

METRICS = ("f1", "balanced_accuracy", "accuracy")


@dataclass(frozen=True)
class BestThreshold:
    """Where a metric is largest.

    Attributes
    ----------
    value : float
    metric : str
    score : float
        The metric of the rows that chose it; too good.
    crossed : float
        The metric of two halves of the rows, each answered by the other's threshold; NaN where a
        half has one class alone.
    """

    value: float
    metric: str
    score: float
    crossed: float


def threshold_of_cost(ratio: float) -> float:
    """Of a missed row of the second class that costs as much as `ratio` false alarms.

    Raises
    ------
    SpecError
        For a ratio that is not above 0.
    """
    if not 0 < ratio < np.inf:
        raise SpecError(f"a cost must be a number above 0, found {ratio!r}.")
    return 1.0 / (1.0 + ratio)


def best_threshold(evaluation: Evaluation, metric: str = "f1") -> BestThreshold:
    """Where a metric of answered classes is largest on these rows.

    Parameters
    ----------
    evaluation : Evaluation
        Of a model of two classes, on rows that it was not trained on.
    metric : "f1", "balanced_accuracy" or "accuracy", default "f1"

    Raises
    ------
    SpecError
        For another metric.
    DataError
        For a model of other than two classes, and rows of one class alone.
    """
    if metric not in METRICS:
        raise SpecError(f"metric must be one of {', '.join(METRICS)}, found {metric!r}.")
    truth, proba = evaluation.scored_truth, evaluation.answers
    if proba.ndim != 2 or proba.shape[1] != 2 or truth.ndim != 1:
        raise DataError("a threshold is of a model of two classes.")
    weights = np.ones(len(truth)) if evaluation.weights is None else evaluation.weights
    if len(np.unique(truth)) < 2:
        raise DataError("all rows are of one class; a threshold needs rows of both.")
    p, is_second = proba[:, 1], truth == 1
    value = _best(p, is_second, weights, metric)
    of = OF_CLASSES[metric].of
    score = of(truth, at_threshold(proba, value), weights)
    return BestThreshold(value, metric, float(score), _crossed(proba, truth, weights, metric))


def _crossed(proba: Array, truth: Array, weights: Array, metric: str) -> float:
    half = np.empty(len(truth), bool)
    half[np.random.default_rng(0).permutation(len(truth))] = np.arange(len(truth)) % 2 == 0
    answers = np.empty_like(proba)
    for own in (half, ~half):
        if len(np.unique(truth[~own])) < 2:
            return float("nan")
        value = _best(proba[~own, 1], truth[~own] == 1, weights[~own], metric)
        answers[own] = at_threshold(proba[own], value)
    return float(OF_CLASSES[metric].of(truth, answers, weights))


def _best(p: Array, is_second: Array, weights: Array, metric: str) -> float:
    """Halfway down to the next probability below, in few digits; of equals the one nearest 1/2."""
    cuts, of_row = np.unique(p, return_inverse=True)
    second = np.bincount(of_row, weights * is_second, len(cuts))[::-1].cumsum()[::-1]
    first = np.bincount(of_row, weights * ~is_second, len(cuts))[::-1].cumsum()[::-1]
    hits, alarms = second, first  # of the rows with at least this probability
    if metric == "f1":
        worth = 2 * hits / (hits + alarms + second[0])
    elif metric == "accuracy":
        worth = hits - alarms
    else:
        worth = hits / second[0] - alarms / first[0]
    best = np.flatnonzero(worth >= worth.max() * (1 - 1e-12) - 1e-300)
    k = best[np.argmin(np.abs(cuts[best] - 0.5))]
    low = cuts[k - 1] if k else 0.0
    return _short(0.5 * (low + cuts[k]), float(low), float(cuts[k]))


def _short(value: float, low: float, high: float) -> float:
    """The fewest decimals that still lie in (low, high]."""
    for digits in range(2, 17):
        if low < round(value, digits) <= high:
            return float(round(value, digits))
    return float(high)
