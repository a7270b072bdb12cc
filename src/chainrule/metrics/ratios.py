"""Metrics that are a ratio of two sums over rows, up to a monotone function of it.

    metric = f(sum s u / sum s v)        s the weights

Where losses are heavy-tailed, the mean of few rows says less than their spread admits; knowing the
row's own terms is what lets an interval see that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from chainrule.metrics.given import Array, Weights
from chainrule.metrics.of_classes import brier_losses, log_losses


@dataclass(frozen=True)
class Ratio:
    """How a metric is made of the terms of rows.

    Attributes
    ----------
    terms : callable
        (truth, answers, weights) -> (u, v), each of shape (n,).
    of : callable
        The metric from the ratio, rising or falling.
    """

    terms: Callable[[Array, Array, Weights], tuple[Array, Array]]
    of: Callable[[float], float] = float


def _mean_of(losses: Callable[[Array, Array], Array]) -> Ratio:
    def terms(truth: Array, answers: Array, weights: Weights) -> tuple[Array, Array]:
        found = losses(truth, answers)
        return found, np.ones(len(found))

    return Ratio(terms)


def _squares(truth: Array, predicted: Array) -> Array:
    return np.asarray((truth.reshape(-1) - predicted.reshape(-1)) ** 2)


def _off(truth: Array, predicted: Array) -> Array:
    return np.asarray(np.abs(truth.reshape(-1) - predicted.reshape(-1)))


def _of_r2(truth: Array, predicted: Array, weights: Weights) -> tuple[Array, Array]:
    y = truth.reshape(-1)
    return _squares(truth, predicted), (y - np.average(y, weights=weights)) ** 2


# Of numbers: one output only.
RATIOS: Mapping[str, Ratio] = {
    "log_loss": _mean_of(log_losses),
    "brier": _mean_of(brier_losses),
    "rmse": Ratio(_mean_of(_squares).terms, lambda ratio: float(np.sqrt(ratio))),
    "r2": Ratio(_of_r2, lambda ratio: 1.0 - ratio),
    "mae": _mean_of(_off),
    "mape": _mean_of(lambda y, a: _off(y, a) / np.abs(y.reshape(-1))),
}
