"""How well predictions fit, beside the baseline: the answer that needs no network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.cli.output import number
from chainrule.metrics import accuracy, log_loss, mae, quantile_loss, r2, rmse
from chainrule.quantiles import quantiles

Scores = dict[str, float]


def answers(estimator: Any, X: Any) -> np.ndarray:
    """What is scored: probabilities of classes, or predictions."""
    classes = hasattr(estimator, "predict_proba")
    found: np.ndarray = estimator.predict_proba(X) if classes else estimator.predict(X)
    return found


def scores_of(estimator: Any, y: np.ndarray, y_pred: np.ndarray) -> Scores:
    """The scores of such answers, or of the baseline's."""
    if hasattr(estimator, "predict_proba"):
        codes = class_numbers(estimator.classes_, y)
        return {"accuracy": accuracy(codes, y_pred), "log_loss": log_loss(codes, y_pred)}
    if levels := estimator.spec_.loss.quantiles:
        return quantile_scores(estimator.spec_.loss.name, y, y_pred.reshape(len(y), -1), levels)
    return {"rmse": rmse(y, y_pred), "r2": r2(y, y_pred), "mae": mae(y, y_pred)}


def quantile_scores(
    name: str, y: np.ndarray, y_pred: np.ndarray, levels: Sequence[float]
) -> Scores:
    """The loss of quantiles, the mean over them, and the share of y below each."""
    below = np.mean(y[:, np.newaxis] <= y_pred, axis=0)
    shares = {f"below q({q:g})": float(share) for q, share in zip(levels, below, strict=True)}
    return {name: quantile_loss(y, y_pred, levels), **shares}


def baseline_of(estimator: Any, y: np.ndarray) -> dict[str, Any]:
    """What the baseline knows of the training rows: class frequencies, mean or quantiles."""
    if hasattr(estimator, "predict_proba"):
        codes = class_numbers(estimator.classes_, y)
        counts = np.bincount(codes, minlength=len(estimator.classes_))
        return {"frequencies": (counts / len(y)).tolist()}
    if levels := estimator.spec_.loss.quantiles:
        return {"quantiles": quantiles(y, None, levels).tolist()}
    return {"mean": float(np.mean(y))}


def baseline_scores(estimator: Any, baseline: dict[str, Any], y: np.ndarray) -> tuple[str, Scores]:
    """The baseline in words, and its scores: the same answer for every row."""
    baseline = baseline or baseline_of(estimator, y)
    if "frequencies" in baseline:
        answer = np.asarray(baseline["frequencies"], dtype=np.float64)
        words = repr(str(estimator.classes_[int(np.argmax(answer))]))
    else:
        given = baseline["quantiles"] if "quantiles" in baseline else [baseline["mean"]]
        answer = np.asarray(given, dtype=np.float64)
        words = ", ".join(map(number, answer.tolist()))
    same = np.tile(answer, (len(y), 1)) if len(answer) > 1 else np.full(len(y), answer[0])
    return f"always {words}", scores_of(estimator, y, same)


def class_numbers(classes: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where each label of y stands among the classes."""
    return np.searchsorted(classes.astype(y.dtype), y)


def score_rows(title: str, model: Scores, words: str, baseline: Scores) -> list[Sequence[str]]:
    """A table of the model's scores beside the baseline's."""
    rows: list[Sequence[str]] = [(title, "model", words)]
    for name, value in model.items():
        rows.append((name, f"{value:.4f}", f"{baseline[name]:.4f}"))
    return rows
