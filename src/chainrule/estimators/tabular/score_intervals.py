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

Rows that belong together are drawn together: units are then groups, or stretches of time.

Scores of rows that other networks of the bag trained on, or that a network trained without, say how
good a training of so many rows is; another training would have another loss. Widths grow by

    w = sqrt(1 + n_scored / n_trained)

(Nadeau and Bengio 2003: of K folds the variance is s^2 (1/K + n_held / n_trained), not s^2 / K).
Rows that have nothing to do with the training, as in `evaluate`, leave w = 1.

Fewer than eight units have too few draws; their interval is that of Student's t on q - 1 degrees of
freedom (Ibragimov and Müller 2010), with the jackknife's error,

    r exp(+-w t s),      s^2 = (q - 1) / q sum_j (log r_-j - mean)^2        r_-j without unit j

and the Bayesian bootstrap draws the masses of units from gamma variables of the shape a at which it
spreads as much, with z the normal quantile:

    (q - 1) / (q a + 1) = (w t / z)^2
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Array = np.ndarray

DRAWS = 199
COVERAGE = 0.9
# A draw of few units that happen to be alike is at most so much surer than all of them.
_SUREST = 3.0
# Standard errors beyond which t* is cut. Where one row has most of the loss its quantile is 6 to
# 10; of eight kinds of 69 to 344 simulated rows the cut costs at most 0.5 % of coverage, and takes
# the 0.95-quantile of (upper bound / score) from 2 to 780 down to 2 to 23.
_FURTHEST = 4.0
_FEW = 8
_LEAST_SHAPE = 0.1
_SIDES = np.array([0.5 - 0.5 * COVERAGE, 0.5 + 0.5 * COVERAGE])


class Resampled:
    """Draws of the same rows, for all metrics alike.

    Parameters
    ----------
    n_rows : int
    weights : ndarray, shape (n_rows,), or None
    clusters : ndarray of int, shape (n_rows,), or None
        Rows that belong together are drawn together.
    overlap : float
        n_scored / n_trained, of scored rows that belong to the table of training.
    """

    def __init__(
        self, n_rows: int, weights: Array | None, clusters: Array | None, overlap: float = 0.0
    ) -> None:
        self._weights = np.ones(n_rows) if weights is None else weights
        self._of_row = np.arange(n_rows)
        if clusters is not None:
            _, places = np.unique(clusters, return_inverse=True)
            self._of_row = places.reshape(-1)
        self.n_units = int(self._of_row.max()) + 1
        self._wider = np.sqrt(1.0 + overlap)
        self._shape = _shape(self.n_units, self._wider)
        self._random = np.random.default_rng(0)
        self._counts: Array | None = None
        self._masses: Array | None = None

    def of_ratio(self, u: Array, v: Array) -> tuple[float, float]:
        """Bounds of the ratio of the weighted sums of terms, each (n_rows,); the sums above 0."""
        u, v = (np.bincount(self._of_row, self._weights * terms) for terms in (u, v))
        if not (u.any() and v.any()):  # no row says how large it may be
            value = float(u.sum() / v.sum()) if v.any() else float("nan")
            return value, value
        if self.n_units < _FEW:
            return _of_few(u, v, self._wider)
        if self._counts is None:
            shares = np.full(self.n_units, 1.0 / self.n_units)
            self._counts = self._random.multinomial(self.n_units, shares, size=DRAWS)
        with np.errstate(all="ignore"):
            centre, spread = _log_ratio(np.ones((1, len(u))), u, v)
            logs, spreads = _log_ratio(self._counts, u, v)
            t = (logs - centre) / np.maximum(spreads, spread / _SUREST)
        sides = np.clip(_quantiles(t[np.isfinite(t)])[::-1], -_FURTHEST, _FURTHEST)
        low, high = np.exp(centre[0] - self._wider * spread[0] * sides)
        return float(low), float(high)

    def of_any(self, metric: Callable[[Array], float]) -> tuple[float, float]:
        """Bounds of what is a function of row weights."""
        if self._masses is None:
            drawn = np.random.default_rng(0).gamma(self._shape, size=(DRAWS, self.n_units))
            self._masses = drawn[:, self._of_row] * self._weights
        values = np.array([metric(mass) for mass in self._masses])
        low, high = _quantiles(values[np.isfinite(values)])
        return low, high


def _of_few(u: Array, v: Array, wider: float) -> tuple[float, float]:
    q, value = len(u), u.sum() / v.sum()
    with np.errstate(all="ignore"):
        logs = np.log((u.sum() - u) / (v.sum() - v))
    logs = logs[np.isfinite(logs)]
    error = 1.0  # where all but one unit tell nothing
    if len(logs) > 1:
        error = float(np.sqrt((q - 1) / q * ((logs - logs.mean()) ** 2).sum()))
    wide = np.exp(wider * _student(max(q - 1, 1)) * error)
    return float(value / wide), float(value * wide)


def _student(freedom: float) -> float:
    """The 0.95-quantile of t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, _SIDES[1]))


def _shape(n_units: int, wider: float) -> float:
    """Of the gamma masses of so many units."""
    if n_units < 2:
        return 1.0
    wider *= _student(n_units - 1) / _student(np.inf)
    return max(((n_units - 1) / wider**2 - 1.0) / n_units, _LEAST_SHAPE)


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
