"""Splits and scores: the same rows and the same formulas for every model."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split

from benchmarks.quality.data import SETS, load

SPLITS = (0, 1, 2)
TEST_SHARE = 0.25
_LOWEST = 1e-7  # probability that a log-loss is computed with


def split(name: str, seed: int) -> tuple[Any, Any, np.ndarray, np.ndarray]:
    """X_train, X_test, y_train, y_test: three quarters against one, by class."""
    X, y = load(name)
    by_class = y if SETS[name].kind == "classes" else None
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=TEST_SHARE, random_state=seed, stratify=by_class
    )
    return X_train, X_test, y_train, y_test


def class_scores(y: np.ndarray, proba: np.ndarray) -> dict[str, float]:
    """Scores of probabilities, shape (n, n_classes), for class codes y: lower is better.

    error = mean[argmax p != y]; log_loss = -mean ln max(p_y, 1e-7); auc_loss = 1 - AUC, for two
    classes.
    """
    hit = np.clip(proba[np.arange(len(y)), y], _LOWEST, 1.0)
    scores = {
        "error": float(np.mean(proba.argmax(axis=1) != y)),
        "log_loss": float(-np.log(hit).mean()),
    }
    if proba.shape[1] == 2:
        scores["auc_loss"] = float(1 - roc_auc_score(y, proba[:, 1]))
    return scores


def number_scores(y: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """rmse = sqrt(mean (predicted - y)^2) / std(y), on the test rows: 1 is a good constant's."""
    return {"rmse": float(np.sqrt(np.mean((predicted - y) ** 2)) / y.std())}


def evaluate(model: Any, kind: str, parts: tuple[Any, Any, Any, Any]) -> dict[str, float]:
    """Fit, predict and score; wall and processor seconds of the fit, seconds of the prediction."""
    X_train, X_test, y_train, y_test = parts
    wall, processor = time.perf_counter(), time.process_time()
    model.fit(X_train, y_train)
    spent = {
        "fit_seconds": time.perf_counter() - wall,
        "fit_cpu_seconds": time.process_time() - processor,
    }
    wall = time.perf_counter()
    if kind == "classes":
        answers = np.asarray(model.predict_proba(X_test), dtype=np.float64)
        spent["predict_seconds"] = time.perf_counter() - wall
        return {**class_scores(y_test, answers), **spent}
    answers = np.asarray(model.predict(X_test), dtype=np.float64).ravel()
    spent["predict_seconds"] = time.perf_counter() - wall
    return {**number_scores(y_test, answers), **spent}
