"""How well predictions fit, beside what the trivial answer reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.cli.output import number
from chainrule.metrics import accuracy, log_loss, mae, quantile_loss, r2, rmse
from chainrule.quantiles import quantiles

Scores = dict[str, float]


def class_scores(classes: np.ndarray, y: np.ndarray, proba: np.ndarray) -> Scores:
    """Share of rows whose most probable class is right, and mean of -ln p(right class)."""
    places = np.searchsorted(classes.astype(y.dtype), y)
    return {"accuracy": accuracy(places, proba), "log_loss": log_loss(places, proba)}


def number_scores(y: np.ndarray, y_pred: np.ndarray) -> Scores:
    """Root mean squared error, R2 = 1 - SSE/SST, and mean absolute error."""
    return {"rmse": rmse(y, y_pred), "r2": r2(y, y_pred), "mae": mae(y, y_pred)}


def quantile_scores(y: np.ndarray, y_pred: np.ndarray, levels: Sequence[float]) -> Scores:
    """Mean pinball loss over the quantiles, and the share of y below each."""
    below = np.mean(y[:, np.newaxis] <= y_pred, axis=0)
    shares = {f"below q({q:g})": float(share) for q, share in zip(levels, below, strict=True)}
    return {"pinball": quantile_loss(y, y_pred, levels), **shares}


def quantiles_of(estimator: Any) -> tuple[float, ...]:
    """The quantiles that a fitted estimator predicts; none for other models."""
    levels: tuple[float, ...] = estimator._spec.loss.quantiles
    return levels


def model_scores(estimator: Any, X: Any, y: np.ndarray) -> Scores:
    """The scores of a fitted estimator on rows."""
    return scores_of(estimator, y, answers(estimator, X))


def answers(estimator: Any, X: Any) -> np.ndarray:
    """What is judged: probabilities of classes, or predictions."""
    classes = hasattr(estimator, "predict_proba")
    found: np.ndarray = estimator.predict_proba(X) if classes else estimator.predict(X)
    return found


def scores_of(estimator: Any, y: np.ndarray, y_pred: np.ndarray) -> Scores:
    """The scores of such answers."""
    if hasattr(estimator, "predict_proba"):
        return class_scores(estimator.classes_, y, y_pred)
    if levels := quantiles_of(estimator):
        return quantile_scores(y, y_pred.reshape(len(y), -1), levels)
    return number_scores(y, y_pred)


def baseline_of(estimator: Any, y: np.ndarray) -> dict[str, Any]:
    """What the trivial answer knows of the training rows: class frequencies, mean or quantiles."""
    if hasattr(estimator, "predict_proba"):
        classes = estimator.classes_
        counts = np.bincount(np.searchsorted(classes.astype(y.dtype), y), minlength=len(classes))
        return {"frequencies": (counts / len(y)).tolist()}
    if levels := quantiles_of(estimator):
        return {"quantiles": quantiles(y, None, levels).tolist()}
    return {"mean": float(np.mean(y))}


def baseline_scores(estimator: Any, baseline: dict[str, Any], y: np.ndarray) -> tuple[str, Scores]:
    """The trivial answer in words, and its scores: always the training frequencies or mean."""
    if not baseline:
        baseline = baseline_of(estimator, y)
    if "frequencies" in baseline:
        shares = np.asarray(baseline["frequencies"], dtype=np.float64)
        label = estimator.classes_[int(np.argmax(shares))]
        proba = np.tile(shares, (len(y), 1))
        return f"always {str(label)!r}", class_scores(estimator.classes_, y, proba)
    if "quantiles" in baseline:
        levels = np.asarray(baseline["quantiles"], dtype=np.float64)
        words = f"always {', '.join(map(number, levels.tolist()))}"
        return words, quantile_scores(y, np.tile(levels, (len(y), 1)), quantiles_of(estimator))
    mean = float(baseline["mean"])
    return f"always {number(mean)}", number_scores(y, np.full(len(y), mean))


def score_rows(title: str, model: Scores, words: str, trivial: Scores) -> list[Sequence[str]]:
    """A table of the model's scores beside the trivial answer's."""
    rows: list[Sequence[str]] = [(title, "model", words)]
    for name, value in model.items():
        rows.append((name, f"{value:.4f}", f"{trivial[name]:.4f}"))
    return rows
