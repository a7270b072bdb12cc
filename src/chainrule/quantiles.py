"""Weighted quantiles, by the one definition that every room uses: the averaged inverted CDF.

A row of weight k counts as k rows, and the median of an even number of values is the mean of the
middle two.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_SLACK = 1e-12  # sums of weights, and shares of a count, may miss each other by rounding


def quantiles(values: np.ndarray, weights: np.ndarray | None, shares: npt.ArrayLike) -> np.ndarray:
    """The values below which the given shares of the weight lie.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Finite, at least one.
    weights : ndarray, shape (n,), or None
        At least 0, one of them above; None counts each value once.
    shares : array of shape (k,)
        In [0, 1].

    Returns
    -------
    ndarray, shape (k,)
        The smallest value whose weight from below reaches the share; the mean of it and the next
        value where it is reached exactly.
    """
    levels = np.asarray(shares, np.float64)
    if weights is not None and not weights.all():
        values, weights = values[weights > 0], weights[weights > 0]
    last = len(values) - 1
    if weights is None:
        target, slack = levels * len(values), _SLACK * len(values)
        low = np.clip(np.ceil(target - slack).astype(np.intp) - 1, 0, last)
        high = np.minimum(np.floor(target + slack).astype(np.intp), last)
        some = np.partition(values, np.unique(np.concatenate([low, high])))
        return np.asarray(some[high] - 0.5 * (some[high] - some[low]))
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    below = np.cumsum(weights[order])
    target, slack = levels * below[-1], _SLACK * below[-1]
    low = np.minimum(np.searchsorted(below, target - slack), last)
    high = np.minimum(np.searchsorted(below, target + slack, side="right"), last)
    return np.asarray(0.5 * ascending[low] + 0.5 * ascending[high])
