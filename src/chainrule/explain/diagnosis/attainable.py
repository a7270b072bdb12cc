"""What simple rules can predict from X, as a yardstick: lines, bent lines, and neighbours.

Each row is predicted without itself. Columns are taken by rank, or scaled and cut, so that scale,
offset and an extreme cell change nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_MOST_COLUMNS = 100
_MOST_BENT = 40  # columns up to which hinges are taken too
_MOST_PRODUCTS = 12  # and products of two
_NEIGHBOURS = (5, 15)
_PENALTIES = (1e-3, 1e-1, 1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Attainable:
    """Predictions of targets (n, n_outputs), each row's without itself.

    Attributes
    ----------
    line, curve : ndarray (n, n_outputs)
        Of the best line, and of the best rule of all.
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
    spread, ranks = robust(x, y)
    lines = [_ridge(spread, y), _ridge(ranks, y)]
    curves = [*lines, *_neighbours(ranks, y)]
    if spread.shape[1] <= _MOST_BENT:
        curves.append(_ridge(bent(spread), y))
    line, curve = (max(rules, key=lambda guess: skill(guess, y)) for rules in (lines, curves))
    return Attainable(line, curve, skill(line, y), skill(curve, y))


def robust(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Columns scaled by nine tenths of their rows and cut at 3 such spreads; and as ranks.

    Both have mean 0. Of many columns those that follow y most closely are taken.
    """
    from scipy.stats import rankdata

    low, middle, high = np.quantile(x, [0.05, 0.5, 0.95], axis=0)
    reach = np.where(high > low, high - low, np.ptp(x, axis=0))
    used = reach > 0
    scaled = np.clip((x[:, used] - middle[used]) / reach[used], -3.0, 3.0) * 3.0
    ranks: np.ndarray = rankdata(x[:, used], axis=0) * (3.0 / len(x))
    scaled, ranks = (of - of.mean(axis=0) for of in (scaled, ranks))
    if scaled.shape[1] > _MOST_COLUMNS:
        near = np.abs(ranks.T @ (y - y.mean(axis=0))).max(axis=1)
        kept = np.sort(np.argsort(-near)[:_MOST_COLUMNS])
        scaled, ranks = scaled[:, kept], ranks[:, kept]
    return scaled, ranks


def bent(x: np.ndarray) -> np.ndarray:
    """Columns, their hinges max(x - quarter, 0), and of few columns the products of two."""
    hinges = [np.maximum(x - q, 0.0) for q in np.quantile(x, [0.25, 0.5, 0.75], axis=0)]
    parts = [x, *hinges]
    if x.shape[1] <= _MOST_PRODUCTS:
        i, j = np.triu_indices(x.shape[1])
        parts.append(x[:, i] * x[:, j])
    return np.column_stack(parts)


def _ridge(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The penalty whose left-out error is least."""
    x = x - x.mean(axis=0)
    n, mean = len(x), y.mean(axis=0)
    if not x.shape[1]:
        return np.broadcast_to(mean, y.shape)
    squares, V = np.linalg.eigh(x.T @ x)
    turned = x @ V
    projected = turned.T @ (y - mean)
    best, least = np.broadcast_to(mean, y.shape), np.inf
    for penalty in _PENALTIES:
        kept = 1.0 / (np.maximum(squares, 0.0) + penalty * n / 100)
        leverage = np.minimum((turned**2) @ kept + 1 / n, 1 - 1e-9)
        residual = (y - mean - turned @ (kept[:, None] * projected)) / (1 - leverage)[:, None]
        error = float((residual**2).sum())
        if error < least:
            best, least = y - residual, error
    return best


def _neighbours(x: np.ndarray, y: np.ndarray) -> list[np.ndarray]:
    """Means over the nearest other rows."""
    squares = (x**2).sum(axis=1)
    distance = squares[:, None] - 2.0 * (x @ x.T) + squares
    np.fill_diagonal(distance, np.inf)
    if not x.shape[1]:
        return []
    most = min(max(_NEIGHBOURS), len(x) - 1)
    order = np.argpartition(distance, most - 1, axis=1)[:, :most]
    order = np.take_along_axis(order, np.argsort(np.take_along_axis(distance, order, 1), axis=1), 1)
    return [y[order[:, : min(k, most)]].mean(axis=1) for k in _NEIGHBOURS]
