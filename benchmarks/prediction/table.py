"""The table that every model is fitted to, and what its answers are worth."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
COLUMNS = 20


def drawn(n_rows: int, seed: int = 0) -> tuple[Array, Array]:
    """X float64 (n_rows, 20), y of two classes: bent and joint effects, a tenth drawn blindly."""
    draw = np.random.default_rng(seed)
    X = draw.standard_normal((n_rows, COLUMNS))
    line = np.random.default_rng(1).standard_normal(COLUMNS)
    score = X @ line + 2 * np.sin(2 * X[:, 0]) + 2 * X[:, 1] * X[:, 2] + np.abs(X[:, 3]) - 0.8
    blind = draw.random(n_rows) < 0.1
    return X, np.where(blind, draw.integers(2, size=n_rows), score > 0).astype(np.int64)


def scores(proba: Array, y: Array) -> dict[str, float]:
    """Log-loss and accuracy of probabilities (n, 2)."""
    at_class = np.clip(proba[np.arange(len(y)), y], 1e-15, 1.0).astype(np.float64)
    return {
        "log_loss": float(-np.log(at_class).mean()),
        "accuracy": float((proba.argmax(axis=1) == y).mean()),
    }
