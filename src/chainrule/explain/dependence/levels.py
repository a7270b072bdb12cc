"""An order of categories in which neighbours are alike, so that a step between them is a small one.

Two levels are as far apart as the other columns of their rows are: the sum over columns of the
Kolmogorov-Smirnov distance, of the input of a column where it is largest. Classical scaling to one
dimension puts the levels in a line (Apley and Zhu 2020, section 5.4).
"""

from __future__ import annotations

import numpy as np

Array = np.ndarray


def order_of_levels(inputs: Array, columns: Array, column: int, codes: Array, n: int) -> Array:
    """The levels, each beside those whose rows are like its own.

    Parameters
    ----------
    inputs : ndarray (n_rows, n_features)
    columns : ndarray of int (n_features,)
        The column of each input.
    column : int
        That of the levels.
    codes : ndarray of int (n_rows,)
        The level of each row, 0 to n - 1; every level has a row.

    Returns
    -------
    ndarray of int (n,)
    """
    far = np.zeros((n, n))
    for other in np.unique(columns[columns != column]):
        places = np.flatnonzero(columns == other)
        far += np.max([_distances(inputs[:, place], codes, n) for place in places], axis=0)
    order = np.argsort(_line(far), kind="stable")
    return order if order[0] <= order[-1] else order[::-1]


def _distances(values: Array, codes: Array, n: int) -> Array:
    """Kolmogorov-Smirnov distances of the levels' values, (n, n)."""
    known = np.unique(values)
    places = np.searchsorted(known, values)
    counts = np.zeros((n, len(known)))
    np.add.at(counts, (codes, places), 1.0)
    shares = counts.cumsum(axis=1) / counts.sum(axis=1, keepdims=True)
    return np.array([np.abs(shares - one).max(axis=1) for one in shares])


def _line(far: Array) -> Array:
    """Classical scaling: the first principal coordinate of distances."""
    n = len(far)
    centre = np.eye(n) - 1.0 / n
    _, vectors = np.linalg.eigh(-0.5 * centre @ far**2 @ centre)
    return np.asarray(vectors[:, -1])
