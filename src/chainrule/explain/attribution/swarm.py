"""Points a row in a strip a column: how high each stands, and how dark it is."""

from __future__ import annotations

import numpy as np

_SPREAD = 0.35  # of a column's points, where columns are 1 apart
_BINS = 60


def swarm(x: np.ndarray) -> np.ndarray:
    """Heights in [-_SPREAD, _SPREAD] that keep points of like x apart, in the order of the rows."""
    span = np.ptp(x)
    bins = np.zeros(len(x), int) if span == 0 else ((x - x.min()) / span * (_BINS - 1)).astype(int)
    counts = np.bincount(bins, minlength=_BINS)
    order = np.argsort(bins, kind="stable")
    rank = np.empty(len(x))
    rank[order] = np.concatenate([np.arange(n) for n in counts if n])
    centred = rank - (counts[bins] - 1) / 2
    return np.asarray(centred / max(counts.max(), 1) * 2 * _SPREAD)


def ranks(cells: np.ndarray) -> np.ndarray:
    """Cells of numbers from 0, the lowest, to 1; NaN for what is no number."""
    try:
        numbers = cells.astype(np.float64)
    except (TypeError, ValueError):
        return np.full(len(cells), np.nan)
    known = np.isfinite(numbers)
    found = np.full(len(cells), np.nan)
    levels, place = np.unique(numbers[known], return_inverse=True)
    found[known] = place / max(len(levels) - 1, 1)
    return found
