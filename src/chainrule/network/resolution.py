"""Whether a network's number type can tell the values of its inputs apart."""

from __future__ import annotations

from typing import Any

import numpy as np

_FEWEST_STEPS = 100  # of the number type between a column's least and greatest value


def lost_digits(X: Any, dtype: np.dtype[Any]) -> str | None:
    """A notice of columns that vary by less than the number type resolves; None without one.

    Times in seconds since 1970 lie 128 apart in float32: those of a minute become one value.
    Numbers that the type holds exactly lose nothing however close they are.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        As it was given.
    dtype : dtype
        That of the network.
    """
    x = np.asarray(X if hasattr(X, "__array__") else ())  # a list is checked by the engine
    if x.ndim != 2 or x.dtype.kind not in "iuf" or x.itemsize <= dtype.itemsize or not x.size:
        return None
    low, high = x.min(axis=0).astype(np.float64), x.max(axis=0).astype(np.float64)
    step = np.spacing(np.maximum(abs(low), abs(high)).astype(dtype)).astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        suspects = np.flatnonzero((high > low) & (high - low < _FEWEST_STEPS * step))
    lossy = [k for k in suspects if (x[:, k].astype(dtype).astype(x.dtype) != x[:, k]).any()]
    if not lossy:
        return None
    k = lossy[0]
    more = f", and {len(lossy) - 1} more columns like it" if len(lossy) > 1 else ""
    return (
        f"column {k} of X goes from {low[k]:.12g} to {high[k]:.12g}, where {dtype.name} has a "
        f"step of {step[k]:.3g}: values become equal{more}. Scale X first (StandardScaler), or "
        "build the network with dtype='float64'."
    )
