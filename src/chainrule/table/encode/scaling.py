"""Robust scale and smooth clip: how a number becomes an input of the network.

    x' = s (x - median)        s = 1 / (q75 - q25), else 2 / (max - min), else 0
                               (max and min of nine tenths of the tail where it is very long)
    f(x') = x' / sqrt(1 + (x' / 3)^2)                  smooth, in (-3, 3)

Source: Holzmüller et al., "Better by default", arXiv 2407.04491.
"""

from __future__ import annotations

import numpy as np

from chainrule.quantiles import quantiles

CLIP = 3.0
# Keeps the square inside `smooth_clip` finite; no table reaches it.
_LARGEST = 1e150
_HIDDEN = 0.02
_QUARTILES = np.array([0.25, 0.5, 0.75])


def robust_scale(values: np.ndarray, weights: np.ndarray | None) -> tuple[float, float]:
    """Median and factor s of a column's known values; s = 0 for a constant column."""
    q25, median, q75 = quantiles(values, weights, _QUARTILES)
    low, high = values.min(), values.max()
    if q75 == q25 and high > low:
        low, high = _tail(values, weights, float(median), float(low), float(high))
    return float(median), _factor(q25, q75, low, high)


def _tail(
    values: np.ndarray, weights: np.ndarray | None, point: float, low: float, high: float
) -> tuple[float, float]:
    """The range in which the values away from the point lie where most of all are.

    That is all of them, unless their middle would then lie within 2 % of the range around the
    point: few very large values hide the others.
    """
    away = values != point
    kept = None if weights is None else weights[away]
    with np.errstate(over="ignore"):
        distances = np.abs(values[away] - point)
    middle, upper = quantiles(distances, kept, np.array([0.5, 0.9]))
    if middle >= _HIDDEN * (0.5 * high - 0.5 * low) * 2.0:
        return low, high
    return max(low, point - float(upper)), min(high, point + float(upper))


def flag_scales(shares: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`robust_scale` of many 0/1 columns at once, from their shares of ones, shape (k,)."""
    zeros = 1.0 - np.asarray(shares)[:, None]
    tie = np.abs(_QUARTILES - zeros) <= 1e-12
    q25, median, q75 = np.where(tie, 0.5, zeros < _QUARTILES).T
    spread = q75 - q25
    return median, np.where(spread > 0, 1.0 / np.where(spread > 0, spread, 1.0), 2.0)


def smooth_clip(
    values: np.ndarray, median: float | np.ndarray, factor: float | np.ndarray
) -> np.ndarray:
    """f(s (x - median)) of every value; NaN stays NaN."""
    with np.errstate(over="ignore"):
        scaled = (values - median) * factor
    np.clip(scaled, -_LARGEST, _LARGEST, out=scaled)
    return np.asarray(scaled / np.sqrt(1.0 + (scaled / CLIP) ** 2))


def _factor(q25: float, q75: float, low: float, high: float) -> float:
    """1 / (q75 - q25), else 2 / (high - low), else 0; halves keep the differences finite."""
    if q75 > q25:
        return float(min(0.5 / (0.5 * q75 - 0.5 * q25), _LARGEST))
    if high > low:
        return float(min(1.0 / (0.5 * high - 0.5 * low), _LARGEST))
    return 0.0
