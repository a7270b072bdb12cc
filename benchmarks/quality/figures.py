"""Formulas over (set, split) pairs: splits are averaged first, then sets.

A column holds one score of one model: {(set, split): value}, lower is better. The columns of a
comparison have the same pairs.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.stats import rankdata

Pair = tuple[str, int]
Column = Mapping[Pair, float]

_SHIFT = 0.01  # keeps zeros harmless
_RESAMPLES = 4000


def error_reduction(errors: Column, base: Column) -> float:
    """1 - exp(mean ln((e + .01) / (e_base + .01))): 0.1 is a tenth less error than the base."""
    return float(1 - np.exp(_mean(_log_ratios(errors, base))))


def win_rate(errors: Column, others: Column) -> float:
    """Share of the pairs with the lower value; a tie counts half."""
    wins = [(errors[p] < others[p]) + 0.5 * (errors[p] == others[p]) for p in errors]
    return float(np.mean(wins))


def mean_ranks(columns: Mapping[str, Column]) -> dict[str, float]:
    """Model -> mean rank among the models, 1 is best; equal values share their ranks' mean."""
    pairs = list(next(iter(columns.values())))
    ranks = rankdata([[column[p] for p in pairs] for column in columns.values()], axis=0)
    return {
        model: _mean(dict(zip(pairs, row, strict=True)))
        for model, row in zip(columns, ranks, strict=True)
    }


def geometric_ratio(seconds: Column, others: Column) -> float:
    """exp(mean ln(seconds / others))."""
    return float(np.exp(_mean({p: np.log(seconds[p] / others[p]) for p in seconds})))


def half_width(errors: Column, others: Column, base: Column) -> float:
    """Half of the central 90 % of error_reduction(errors) - error_reduction(others).

    Paired bootstrap: the same resample for both; sets are drawn with replacement, then splits
    within each drawn set.
    """
    first, second = (_by_set(_log_ratios(column, base)) for column in (errors, others))
    counts = np.array([len(row) for row in first])
    rng = np.random.default_rng(0)
    sets = rng.integers(len(counts), size=(_RESAMPLES, len(counts)))
    n = counts[sets][..., None]
    splits = (rng.random((*sets.shape, counts.max())) * n).astype(int)
    drawn = np.arange(counts.max()) < n

    def reductions(rows: list[np.ndarray]) -> np.ndarray:
        padded = np.array([np.pad(row, (0, counts.max() - len(row))) for row in rows])
        values = np.where(drawn, padded[sets[..., None], splits], 0.0)
        return 1 - np.exp((values.sum(axis=2) / counts[sets]).mean(axis=1))

    low, high = np.quantile(reductions(first) - reductions(second), [0.05, 0.95])
    return float(high - low) / 2


def set_means(column: Column) -> dict[str, float]:
    """Set -> mean over its splits."""
    names = list(dict.fromkeys(name for name, _ in column))
    return dict(zip(names, (float(row.mean()) for row in _by_set(column)), strict=True))


def _log_ratios(errors: Column, base: Column) -> dict[Pair, float]:
    return {p: float(np.log((errors[p] + _SHIFT) / (base[p] + _SHIFT))) for p in errors}


def _by_set(column: Column) -> list[np.ndarray]:
    rows: dict[str, list[float]] = {}
    for (name, _), value in column.items():
        rows.setdefault(name, []).append(value)
    return [np.array(row) for row in rows.values()]


def _mean(column: Column) -> float:
    return float(np.mean([row.mean() for row in _by_set(column)]))
