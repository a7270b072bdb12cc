"""What early stopping watches on validation rows: scores by scikit-learn's names, higher is better.

A score is computed between epochs, so it works on the network's outputs and on encoded targets; the
numbers are those of `sklearn.metrics`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.metrics import accuracy, log_loss, mae, r2, rmse
from chainrule.metrics.functions import function_metric
from chainrule.spec import NetworkSpec

Array = np.ndarray
Score = Callable[[Array, Array, Array | None], float]


def negated(error: Score) -> Score:
    """An error as a score, higher is better."""
    return lambda target, outputs, weights: -error(target, outputs, weights)


CLASSIFIER_SCORES: dict[str, Score] = {"accuracy": accuracy, "neg_log_loss": negated(log_loss)}
REGRESSOR_SCORES: dict[str, Score] = {
    "r2": r2,
    "neg_root_mean_squared_error": negated(rmse),
    "neg_mean_absolute_error": negated(mae),
}


def score_function(
    metric: Any,
    names: dict[str, Score],
    decode: Callable[[Array], Array],
    greater_is_better: bool | None = None,
    target: Array | None = None,
) -> Score:
    """The score that `metric` asks for.

    Parameters
    ----------
    metric : None, str or callable
        None is the first of `names`; a callable gets (y_true, y_pred) as `fit` and `predict` know
        them. An error is made a score by its sign.
    decode : callable
        From encoded targets or outputs to what the user knows.
    greater_is_better : bool or None
        Of a callable; None knows scikit-learn's metrics, and assumes it of others.
    target : ndarray or None
        Encoded targets to try a callable by.

    Raises
    ------
    SpecError
        For an unknown name.
    """
    if callable(metric):

        def trial() -> tuple[Array, Array, Array, None]:
            assert target is not None
            truth = decode(target)
            places = np.unique(truth, axis=0, return_inverse=True)[1].reshape(-1)
            middle = truth[np.argmax(np.bincount(places)[places])]
            if truth.dtype.kind == "f":
                middle = truth.mean(axis=0)
            return truth, truth, np.broadcast_to(middle, truth.shape).copy(), None

        found = function_metric(
            metric, greater_is_better, assumed=True, trial=None if target is None else trial
        )
        sign = 1.0 if found.greater_is_better else -1.0

        def of_predictions(target: Array, outputs: Array, weights: Array | None) -> float:
            return sign * found.value(decode(target), decode(outputs))

        return of_predictions
    metric = next(iter(names)) if metric is None else metric
    if not isinstance(metric, str) or metric not in names:
        raise SpecError(
            f"unknown metric {metric!r}; the metrics are {', '.join(names)}, or a function of "
            "(y_true, y_pred)."
        )
    return names[metric]


def finite_score(score: Score, target: Array, outputs: Array, weights: Array | None) -> float:
    """The score, or NaN where the outputs are not all finite."""
    return score(target, outputs, weights) if np.isfinite(outputs).all() else math.nan


class LossScale:
    """From the engine's mean loss of an epoch to the number that scikit-learn prints.

    Its squared error is a mean over outputs, ours a sum, as all losses of numbers are here; its
    poisson loss is the deviance, which holds sum y log y - y besides: a constant of the rows, a
    mean of weighted means in batches.
    """

    def __init__(self, spec: NetworkSpec, target: Array, weights: Array | None) -> None:
        of_numbers = spec.loss.name in ("squared_error", "absolute_error", "huber")
        self.divisor = spec.n_outputs if of_numbers else 1
        self.weights = weights
        self.constant: Array | None = None
        if spec.loss.name == "poisson":
            y = target.astype(np.float64)
            self.constant = (y * np.log(np.where(y > 0, y, 1.0)) - y).sum(axis=1)

    def __call__(self, loss: float, order: Array | None = None, batch_size: int = 0) -> float:
        """`order` and `batch_size` are those of the epoch, needed for weighted rows only."""
        loss = loss / self.divisor
        if self.constant is None:
            return loss
        if self.weights is None or order is None:
            return loss + float(np.average(self.constant, weights=self.weights))
        s, c = self.weights[order], self.constant[order]
        starts = np.arange(0, len(order), batch_size)
        counts = np.diff(np.append(starts, len(order)))
        sums, means = np.add.reduceat(s, starts), np.add.reduceat(s * c, starts)
        used = sums > 0
        shares = counts[used] / counts[used].sum()
        return loss + float((shares * means[used] / sums[used]).sum())
