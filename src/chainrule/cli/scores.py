"""How well predictions fit, beside what the trivial answer reaches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.cli.output import number

EPSILON = float(np.finfo(np.float64).eps)

Scores = dict[str, float]


def class_scores(classes: np.ndarray, y: np.ndarray, proba: np.ndarray) -> Scores:
    """Share of rows whose most probable class is right, and mean of -ln p(right class)."""
    places = np.searchsorted(classes.astype(y.dtype), y)
    right = proba[np.arange(len(y)), places]
    return {
        "accuracy": float(np.mean(np.argmax(proba, axis=1) == places)),
        "log_loss": float(-np.mean(np.log(np.maximum(right, EPSILON)))),
    }


def number_scores(y: np.ndarray, y_pred: np.ndarray) -> Scores:
    """Root mean squared error, R2 = 1 - SSE/SST, and mean absolute error."""
    errors = y - y_pred
    spread = float(np.sum((y - y.mean()) ** 2))
    return {
        "rmse": float(np.sqrt(np.mean(errors**2))),
        "r2": 1.0 - float(np.sum(errors**2)) / spread if spread else float("nan"),
        "mae": float(np.mean(np.abs(errors))),
    }


def quantile_scores(y: np.ndarray, y_pred: np.ndarray, quantiles: Sequence[float]) -> Scores:
    """Mean pinball loss over the quantiles, and the share of y below each."""
    off = y[:, np.newaxis] - y_pred
    q = np.asarray(quantiles)
    below = np.mean(off <= 0, axis=0)
    shares = {f"below q({level:g})": float(share) for level, share in zip(q, below, strict=True)}
    return {"pinball": float(np.mean(np.maximum(q * off, (q - 1.0) * off))), **shares}


def quantiles_of(estimator: Any) -> tuple[float, ...]:
    """The quantiles that a fitted estimator predicts; none for other models."""
    quantiles: tuple[float, ...] = estimator._spec.loss.quantiles
    return quantiles


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
    if quantiles := quantiles_of(estimator):
        return quantile_scores(y, y_pred.reshape(len(y), -1), quantiles)
    return number_scores(y, y_pred)


def baseline_of(estimator: Any, y: np.ndarray) -> dict[str, Any]:
    """What the trivial answer knows of the training rows: class frequencies, mean or quantiles."""
    if hasattr(estimator, "predict_proba"):
        classes = estimator.classes_
        counts = np.bincount(np.searchsorted(classes.astype(y.dtype), y), minlength=len(classes))
        return {"frequencies": (counts / len(y)).tolist()}
    if quantiles := quantiles_of(estimator):
        return {"quantiles": np.quantile(y, quantiles).tolist()}
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
