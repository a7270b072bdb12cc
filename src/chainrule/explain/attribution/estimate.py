"""Estimate: what a sample of paths says of each column, made to add up.

The contributions of a sample of paths do not add up to f(x) - E f(x'), as those of all paths do.
What is missing is known, and is given to the columns in proportion to their variances, which is
what least squares makes of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True)
class Estimate:
    """What each column adds, over all rows.

    Attributes
    ----------
    values, errors : ndarray (n_rows, n_columns, n_answers)
        Contributions and their standard errors.
    answers : ndarray (n_rows, n_answers)
        f(x), to which base and contributions add up.
    base : ndarray (n_answers,)
        E f(x') over the background.
    """

    values: Array
    errors: Array
    answers: Array
    base: Array


def drawn(random: np.random.Generator, n: int, n_each: int, n_background: int) -> Array:
    """Background rows of each row's samples; as even as they can be."""
    if n_each >= n_background:
        turns = -(-n_each // n_background)
        all_rows = np.tile(np.arange(n_background), turns)
        return random.permuted(np.broadcast_to(all_rows, (n, len(all_rows))), axis=1)[:, :n_each]
    return random.integers(0, n_background, (n, n_each))


def adding_up(sums: Array, squares: Array, n: int, found: Array, base: Array) -> Estimate:
    """From sums and sums of squares of n parts: their means, and of what is missing v_c / sum v to
    each column, by least squares.

    What remains of a variance is v_c (1 - v_c / sum v).
    """
    values = sums / n
    variance = np.maximum(squares / n - values**2, 0.0) / max(n - 1, 1)
    missing = found - base - values.sum(axis=1)
    whole = variance.sum(axis=1)
    varies = whole > 0
    share = np.where(varies[:, None], variance / np.where(varies, whole, 1.0)[:, None], 0.0)
    values = values + share * missing[:, None]
    return Estimate(values, np.sqrt(variance * (1.0 - share)), found, base)
