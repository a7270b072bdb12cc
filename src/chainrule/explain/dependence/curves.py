"""Curves of a function's answers over one of its columns.

Partial dependence (Friedman 2001) sets the column to the same value in all rows:

    PD(v) = 1/n sum_i f(v, rest of row i)

Accumulated local effects (Apley and Zhu 2020) set it to the two ends of the interval that a row's
own value lies in, so that no row leaves the neighbourhood of what was seen; interval k from e_(k-1)
to e_k holds n_k rows:

    d_k = 1/n_k sum_(i in k) f(e_k, rest of i) - f(e_(k-1), rest of i)
    ALE(e_k) = sum_(j <= k) d_j - c,     c: the mean over rows, each at the middle of its interval

Both take a function answers(inputs) -> (n_networks + 1, n_rows, n_answers), first the mean of the
networks, then each of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray
Answers = Callable[[Array], Array]


@dataclass(frozen=True)
class Curve:
    """A curve at G points, for A answers.

    Attributes
    ----------
    values : ndarray (G, A)
    errors : ndarray (G, A)
        Standard errors by the rows: how the curve would change with other rows of their kind.
    networks : ndarray (n_networks, G, A)
        The curve of each network by itself.
    rows : ndarray (n_rows, G, A) or None
        Of partial dependence: f of each row at each point.
    """

    values: Array
    errors: Array
    networks: Array
    rows: Array | None = None


def partial_dependence(
    answers: Answers, inputs: Array, places: Array, points: Array, *, keeps_rows: bool = False
) -> Curve:
    """PD at some points.

    Parameters
    ----------
    answers : callable
    inputs : ndarray (n_rows, n_features)
    places : ndarray of int (k,)
        The inputs that the column makes.
    points : ndarray (G, k)
        What they are at each point.
    keeps_rows : bool, default False
    """
    found = []
    for point in points:
        block = inputs.copy()
        block[:, places] = point
        found.append(answers(block))
    whole = np.stack(found, axis=2)  # (n_networks + 1, n_rows, G, A)
    means, n_rows = whole.mean(axis=1), whole.shape[1]
    spread = whole[0].std(axis=0, ddof=1) if n_rows > 1 else np.zeros_like(means[0])
    errors = spread / np.sqrt(n_rows)
    return Curve(means[0], errors, means[1:], whole[0] if keeps_rows else None)


def ale_of_numbers(
    answers: Answers, inputs: Array, places: Array, edges: Array, intervals: Array
) -> Curve:
    """ALE at the edges of intervals.

    Parameters
    ----------
    answers, inputs, places
        As in `partial_dependence`.
    edges : ndarray (K + 1, k)
        What the column's inputs are at each edge.
    intervals : ndarray of int (n_rows,)
        The interval of each row, 0 to K - 1.
    """
    effects = _moved(answers, inputs, places, edges[intervals], edges[intervals + 1])
    n_intervals = len(edges) - 1
    counts = np.bincount(intervals, minlength=n_intervals)
    to_curve = _accumulate(counts)
    means, variances = _by_group(effects, intervals, n_intervals)
    return _curve(to_curve, means, variances)


def ale_of_levels(
    answers: Answers, inputs: Array, places: Array, levels: Array, codes: Array, order: Array
) -> Curve:
    """ALE at the levels of a category; a step goes between neighbours of `order`, over the rows of
    both.

    Parameters
    ----------
    levels : ndarray (L, k)
        What the column's inputs are for each level.
    codes : ndarray of int (n_rows,)
        The level of each row.
    order : ndarray of int (L,)
        The levels one after the other.
    """
    n_levels = len(levels)
    place_of = np.empty(n_levels, np.int64)
    place_of[order] = np.arange(n_levels)
    places_of_rows, ordered = place_of[codes], levels[order]
    up, down = places_of_rows < n_levels - 1, places_of_rows > 0
    steps = np.concatenate([places_of_rows[up], places_of_rows[down] - 1])
    rows = np.concatenate([inputs[up], inputs[down]])
    effects = _moved(answers, rows, places, ordered[steps], ordered[steps + 1])
    means, variances = _by_group(effects, steps, n_levels - 1)
    sums = np.tril(np.ones((n_levels, n_levels - 1)), -1)
    shares = np.bincount(places_of_rows, minlength=n_levels) / len(codes)
    to_curve = sums - shares @ sums
    found = _curve(to_curve, means, variances)
    return Curve(found.values[place_of], found.errors[place_of], found.networks[:, place_of], None)


def _moved(answers: Answers, rows: Array, places: Array, low: Array, high: Array) -> Array:
    """f at the upper end less f at the lower end, of each row."""
    ends = []
    for end in (low, high):
        block = rows.copy()
        block[:, places] = end
        ends.append(answers(block))
    return np.asarray(ends[1] - ends[0])


def _accumulate(counts: Array) -> Array:
    """The matrix (K + 1, K) from the mean effects of intervals to the curve at their edges."""
    n = len(counts)
    sums = np.tril(np.ones((n + 1, n)), -1)
    middles = 0.5 * (sums[1:] + sums[:-1])
    return np.asarray(sums - (counts / counts.sum()) @ middles)


def _by_group(effects: Array, groups: Array, n_groups: int) -> tuple[Array, Array]:
    """Mean effects of each group of rows (n_networks + 1, K, A), and the variances of those means;
    0 for a group of no rows, and the largest other variance for a group of one."""
    counts = np.bincount(groups, minlength=n_groups)
    sums = np.zeros((len(effects), n_groups, effects.shape[2]))
    squares = np.zeros_like(sums[0])
    np.add.at(sums.swapaxes(0, 1), groups, effects.swapaxes(0, 1))
    means = sums / np.maximum(counts, 1)[:, None]
    np.add.at(squares, groups, (effects[0] - means[0][groups]) ** 2)
    variances = squares / np.maximum(counts - 1, 1)[:, None]
    variances[counts == 1] = variances.max(axis=0)
    return means, variances / np.maximum(counts, 1)[:, None]


def _curve(to_curve: Array, means: Array, variances: Array) -> Curve:
    """Linear in the mean effects, which are independent."""
    curves = np.einsum("gk,mka->mga", to_curve, means)
    errors = np.sqrt(np.einsum("gk,ka->ga", to_curve**2, variances))
    return Curve(curves[0], errors, curves[1:])
