"""How answers stand to the truth: mistakes, probabilities that come true, residuals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from chainrule.metrics.reliability import reliability, share_bounds
from chainrule.report.contents import Bin, ClassRow, Coverage, OfClasses, OfNumbers
from chainrule.report.model import Evaluation

MOST_CLASSES = 12  # that a confusion matrix shows
_MOST_MISTAKES = 8
_MOST_POINTS = 500
_MOST_TARGETS = 4
_BARS = 24


def of_classes(evaluation: Evaluation, classes: Sequence[str]) -> OfClasses:
    """Of a classifier's answers; several labels a row are events of one kind."""
    proba, truth, weights = evaluation.answers, evaluation.scored_truth, evaluation.weights
    found = evaluation.of_each_class()
    several = truth.ndim > 1
    counts = None if several else evaluation.confusion()
    if several:
        what, p, true = "of every label", proba.ravel(), truth.ravel() > 0.5
        weights = None if weights is None else np.repeat(weights, proba.shape[1])
    elif proba.shape[1] == 2:
        what, p, true = f"of {classes[1]!r}", proba[:, 1], truth == 1
    else:
        what, p = "of the class that is answered", proba.max(axis=1)
        true = proba.argmax(axis=1) == truth
    known = reliability(p, true, weights)
    bins = zip(known.mass, known.probability, known.share, known.low, known.high, strict=True)
    rows = zip(classes, *(found[name] for name in _OF_ROW), strict=True)
    shown = counts is not None and len(classes) <= MOST_CLASSES
    return OfClasses(
        classes=tuple(ClassRow(name, *map(float, numbers)) for name, *numbers in rows),
        confusion=tuple(tuple(row) for row in counts.tolist()) if shown else None,  # type: ignore[union-attr]
        mixed_up=() if counts is None else _mixed_up(counts, classes),
        bins=tuple(Bin(*map(float, numbers)) for numbers in bins),
        calibration_error=known.error,
        probability_of=what,
    )


_OF_ROW = ("rows", "precision", "recall", "f1")


def _mixed_up(counts: np.ndarray, classes: Sequence[str]) -> tuple[tuple[str, str, float], ...]:
    wrong = counts * (1 - np.eye(len(counts)))
    order = np.argsort(-wrong, axis=None, kind="stable")[:_MOST_MISTAKES]
    places = [divmod(int(k), len(counts)) for k in order]
    return tuple((classes[i], classes[j], float(wrong[i, j])) for i, j in places if wrong[i, j] > 0)


def of_numbers(evaluation: Evaluation, names: Sequence[str]) -> tuple[OfNumbers, ...]:
    """Of a regressor's answers, target by target, or quantile by quantile."""
    answers = _columns(evaluation.answers)
    truth = np.broadcast_to(_columns(evaluation.truth), answers.shape).astype(np.float64)
    rows = np.arange(len(answers))
    if len(rows) > _MOST_POINTS:
        rows = np.sort(np.random.default_rng(0).choice(len(rows), _MOST_POINTS, replace=False))
    found = []
    for k, name in enumerate(names[:_MOST_TARGETS]):
        residual = truth[:, k] - answers[:, k]
        mass = evaluation.weights
        counts, edges = np.histogram(residual, _edges(residual), weights=mass)
        mean = float(np.average(residual, weights=mass))
        found.append(
            OfNumbers(
                name,
                tuple(answers[rows, k].tolist()),
                tuple(truth[rows, k].tolist()),
                len(answers),
                tuple(edges.tolist()),
                tuple(map(float, counts)),
                mean,
                float(np.sqrt(np.average((residual - mean) ** 2, weights=mass))),
            )
        )
    return tuple(found)


def _edges(residual: np.ndarray) -> np.ndarray:
    """Of a histogram that is as wide on both sides of 0."""
    most = float(np.abs(residual).max()) or 1.0
    return np.linspace(-most, most, min(_BARS, 4 + len(residual) // 8) // 2 * 2 + 1)


def coverage_of(
    evaluation: Evaluation, intervals: np.ndarray | None, quantiles: Sequence[float], stated: float
) -> tuple[Coverage, ...]:
    """Shares of rows within intervals (n, 2) or (n, 2, n_outputs), and below quantiles."""
    found = []
    truth, weights = _columns(evaluation.truth), evaluation.weights
    if quantiles:
        below = truth <= _columns(evaluation.answers)
        for k, level in enumerate(quantiles):
            found.append(_coverage(f"below quantile {level:g}", level, below[:, k], weights))
    if intervals is not None:
        low, high = _columns(intervals[:, 0]), _columns(intervals[:, 1])
        within = np.asarray(((truth >= low) & (truth <= high)).all(axis=1))
        if truth.shape[1] == 1:
            words = f"within predict_interval(X, {stated:g})"
            found.append(_coverage(words, stated, within, weights))
    return tuple(found)


def _coverage(what: str, stated: float, held: np.ndarray, weights: np.ndarray | None) -> Coverage:
    share = np.average(held, weights=weights)
    low, high = share_bounds(np.array(share), np.array(len(held)))
    return Coverage(what, stated, float(share), float(low), float(high))


def _columns(values: np.ndarray) -> np.ndarray:
    return values[:, None] if values.ndim == 1 else values
