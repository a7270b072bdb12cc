"""What simple rules can predict from X, as a yardstick: a line, a parabola, and neighbours.

Each row is predicted without itself. Columns are taken by rank, so that scale, offset and an
extreme cell change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_MOST_COLUMNS = 100
_MOST_PRODUCTS = 12  # columns up to which products of two are taken too
_NEIGHBOURS = (5, 15)
_PENALTIES = (1e-3, 1e-1, 1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Attainable:
    """Predictions of targets (n, n_outputs), each row's without itself.

    Attributes
    ----------
    line, curve : ndarray (n, n_outputs)
        Of the best line, and of the best of line, parabola and neighbours.
    line_skill, skill : float
        Share of the variance that they predict: 1 - squared error / variance, not below 0.
    """

    line: np.ndarray
    curve: np.ndarray
    line_skill: float
    skill: float


def skill(predicted: np.ndarray, y: np.ndarray) -> float:
    """1 - squared error / variance, all outputs together; not below 0, nor where y is constant."""
    spread = float(((y - y.mean(axis=0)) ** 2).sum())
    error = float(((predicted - y) ** 2).sum())
    return max(1.0 - error / spread, 0.0) if spread > 0 and np.isfinite(error) else 0.0


def attainable(x: np.ndarray, y: np.ndarray) -> Attainable:
    """Of inputs (n, n_features) and targets (n, n_outputs).

    Ridge regression leaves a row out by r / (1 - h), r its residual and h its leverage (Allen
    1974); neighbours are those of least squared distance.
    """
    ranks = by_rank(x, y)
    line = _ridge(ranks, y)
    candidates = [line, *_neighbours(ranks, y)]
    if ranks.shape[1] <= _MOST_PRODUCTS:
        i, j = np.triu_indices(ranks.shape[1])
        candidates.append(_ridge(np.column_stack([ranks, ranks[:, i] * ranks[:, j]]), y))
    curve = max(candidates, key=lambda guess: skill(guess, y))
    return Attainable(line, curve, skill(line, y), skill(curve, y))


def by_rank(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Columns as evenly spread ranks of mean 0 and variance 1; of many those nearest to y."""
    from scipy.stats import rankdata

    ranks: np.ndarray = rankdata(x, axis=0)
    ranks -= ranks.mean(axis=0)
    spread = ranks.std(axis=0)
    ranks = ranks[:, spread > 0] / spread[spread > 0]
    if ranks.shape[1] > _MOST_COLUMNS:
        near = np.abs(ranks.T @ (y - y.mean(axis=0))).max(axis=1)
        ranks = ranks[:, np.sort(np.argsort(-near)[:_MOST_COLUMNS])]
    return ranks


def _ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The penalty whose left-out error is least; x has mean 0 but for products."""
    x = x - x.mean(axis=0)
    n, mean = len(x), y.mean(axis=0)
    U, s, _ = np.linalg.svd(x, full_matrices=False)
    projected = U.T @ (y - mean)
    best, least = np.broadcast_to(mean, y.shape), np.inf
    for penalty in _PENALTIES:
        kept = s**2 / (s**2 + penalty * n / 100)
        leverage = np.minimum((U**2) @ kept + 1 / n, 1 - 1e-9)
        residual = (y - mean - U @ (kept[:, None] * projected)) / (1 - leverage)[:, None]
        error = float((residual**2).sum())
        if error < least:
            best, least = y - residual, error
    return best


def _neighbours(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Means over the nearest other rows."""
    squares = (x**2).sum(axis=1)
    distance = squares[:, None] - 2.0 * (x @ x.T) + squares
    np.fill_diagonal(distance, np.inf)
    most = min(max(_NEIGHBOURS), len(x) - 1)
    order = np.argpartition(distance, most - 1, axis=1)[:, :most]
    order = np.take_along_axis(order, np.argsort(np.take_along_axis(distance, order, 1), axis=1), 1)
    return [y[order[:, : min(k, most)]].mean(axis=1) for k in _NEIGHBOURS]
