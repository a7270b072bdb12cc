"""The validation rows: a seeded share of each class."""

from __future__ import annotations

import numpy as np

from chainrule import engine


def validation_split(
    n_rows: int, fraction: float, seed: int, codes: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Training and validation rows, both ascending.

    Parameters
    ----------
    n_rows : int
    fraction : float
        Share of the rows to validate on, in [0, 1).
    seed : int
    codes : ndarray of int, shape (n_rows,), or None
        Class of each row: every class gives its share, the largest remainders round up, and keeps
        at least one training row. None draws from all rows alike.

    Returns
    -------
    rows, eval_rows : ndarray of int64
        `eval_rows` is empty where the fraction leaves none.
    """
    order = engine.permutation(n_rows, seed)
    groups = np.zeros(n_rows, np.int64) if codes is None else codes
    counts = np.bincount(groups)
    exact = fraction * counts
    takes = np.minimum(np.floor(exact).astype(np.int64), np.maximum(counts - 1, 0))
    wanted = min(round(fraction * n_rows), n_rows - 1)
    for group in np.argsort(-(exact - takes), kind="stable"):
        if takes.sum() >= wanted:
            break
        takes[group] += takes[group] + 1 < counts[group]
    by_group = order[np.argsort(groups[order], kind="stable")]
    place_in_group = np.arange(n_rows) - np.repeat(np.cumsum(counts) - counts, counts)
    chosen = place_in_group < np.repeat(takes, counts)
    return np.sort(by_group[~chosen]), np.sort(by_group[chosen])
