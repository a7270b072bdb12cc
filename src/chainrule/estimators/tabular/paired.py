"""Two models on the same rows: how much better one is, and how sure that is."""

from __future__ import annotations

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.tabular.evaluation import Evaluation
from chainrule.estimators.tabular.score_intervals import Resampled
from chainrule.metrics import OF_CLASSES, OF_NUMBERS


def greater_is_better(metric: str) -> bool:
    """Of a metric that evaluations show."""
    known = OF_CLASSES.get(metric) or OF_NUMBERS.get(metric)
    return known is not None and known.greater_is_better


def gain(one: Evaluation, other: Evaluation, metric: str) -> tuple[float, float, float]:
    """How much better `one` is than `other` on the same rows, and the bounds of its 90 % interval.

    Bounds are quantiles of the Bayesian bootstrap of rows, or of what they belong to, which both
    models share; so they are narrower than the intervals of both scores. NaN where all rows belong
    together, which says nothing of other rows.

    Raises
    ------
    SpecError
        For a metric that these rows are not scored by.
    """
    shown = one.target.shown_metrics
    if metric not in shown:
        raise SpecError(f"there is no metric {metric!r} here; there are {', '.join(shown)}.")
    of, sign = shown[metric], 1.0 if greater_is_better(metric) else -1.0
    truth = one.scored_truth

    def better(mass: np.ndarray | None) -> float:
        return sign * (of(truth, one.answers, mass) - of(truth, other.answers, mass))

    with np.errstate(all="ignore"):
        drawn = Resampled(len(truth), one.weights, one.clusters)
        low, high = drawn.of_any(better) if drawn.n_units > 1 else (np.nan, np.nan)
        return float(better(one.weights)), float(low), float(high)
