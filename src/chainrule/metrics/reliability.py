"""Whether probabilities come true: shares of rows that are right, beside what was promised.

Rows are put into ten bins of equal width by their probability p. Of a bin of mass m, of which a
share s came true, Wilson's interval (1927) says where the true share lies; the expected calibration
error is the mean over rows of |s - p|, each taken over the row's bin.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.metrics.given import Array, Weights, event_rows

N_BINS = 10
_Z = 1.6448536269514722  # of a normal variable 90 % lie within +- _Z


@dataclass(frozen=True)
class Reliability:
    """The bins that hold rows, by rising probability.

    Attributes
    ----------
    mass, probability, share : ndarray (n_bins,)
        Mass of rows, their mean probability, the share of them that came true.
    low, high : ndarray (n_bins,)
        Bounds of the share, of coverage 0.9.
    error : float
        The expected calibration error.
    """

    mass: Array
    probability: Array
    share: Array
    low: Array
    high: Array
    error: float


def reliability(probability: Array, came_true: Array, weights: Weights = None) -> Reliability:
    """Of events with these probabilities.

    Parameters
    ----------
    probability : ndarray (n,)
    came_true : ndarray of bool (n,)
    weights : ndarray (n,), optional
        At least 0. Default: 1 for every event.

    Raises
    ------
    DataError
        Naming the argument, and the row, that cannot be.
    """
    probability, came_true, weights = event_rows(probability, came_true, weights)
    mass = np.ones(len(probability)) if weights is None else weights.astype(np.float64)
    place = np.minimum((probability * N_BINS).astype(int), N_BINS - 1)
    held, rows, promised, true = (
        np.bincount(place, part, N_BINS)
        for part in (np.ones(len(mass)), mass, mass * probability, mass * came_true)
    )
    known = (held > 0) & (rows > 0)
    rows, n = rows[known], held[known]
    mean, share = promised[known] / rows, true[known] / rows
    low, high = share_bounds(share, n)
    error = float((rows * np.abs(share - mean)).sum() / rows.sum()) if rows.sum() else float("nan")
    return Reliability(rows, mean, share, low, high, error)


def share_bounds(share: Array, n: Array) -> tuple[Array, Array]:
    """Wilson's interval of coverage 0.9 for a share seen in n rows."""
    middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2)) / (1 + _Z**2 / n)
    return np.clip(middle - half, 0.0, 1.0), np.clip(middle + half, 0.0, 1.0)
