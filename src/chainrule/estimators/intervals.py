"""Conformal prediction intervals: from errors on rows that training never saw to a stated coverage.

Each of the N held-out rows i left an error r_i = y_i - f_k(i)(x_i) at the network k(i) that did not
train on it. Around a new row, f_k(i)(x) + r_i are then N equally likely values of y. The interval
of coverage c leaves out at most (1 - c) / 2 of them on either side, counted among N + 1 because the
new row is one more of their kind:

    upper = the ceil((1 + c) / 2 (N + 1))-th smallest of f_k(i)(x) + r_i

and lower likewise from the largest. One network is split conformal prediction; a bag is CV+, where
coverage c is what is met in practice and 2 c - 1 what holds for any data. Quantile networks are
conformalised the same way, each bound from the quantile nearest to it.

Sources: Papadopoulos et al. 2002 (split); Barber, Candès, Ramdas and Tibshirani 2021 (CV+); Romano,
Patterson and Candès 2019 (quantiles, and the two tails apart).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from chainrule.errors import DataError
from chainrule.estimators.weights import row_count

# Errors kept of each member and output; a model file holds at most so many in all.
MAX_ERRORS = 1_000
MAX_ERRORS_IN_ALL = 200_000
_HALVINGS = 60


def kept_errors(errors: np.ndarray, weights: np.ndarray | None, most: int) -> np.ndarray:
    """At most so many equally likely errors, ascending by column: (n, k) to (m, k).

    A row of weight 2 counts as two rows. Where there are more than `most`, their quantiles at
    1/2m, 3/2m, ... stand for them.
    """
    m = min(most, round(row_count(len(errors), weights)))
    ranks = (np.arange(m) + 0.5) / m
    order = np.argsort(errors, axis=0, kind="stable")
    ascending = np.take_along_axis(errors, order, axis=0)
    mass = np.ones(len(errors)) if weights is None else weights
    kept = np.empty((m, errors.shape[1]))
    for column in range(errors.shape[1]):
        up_to = np.cumsum(mass[order[:, column]])
        kept[:, column] = ascending[np.searchsorted(up_to, ranks * up_to[-1]), column]
    return kept


def bound(
    predictions: Sequence[np.ndarray],
    units: Sequence[np.ndarray],
    errors: Sequence[np.ndarray],
    coverage: float,
) -> np.ndarray:
    """The upper bound of each row: it has its share of prediction + unit * error below it.

    Parameters
    ----------
    predictions, units : sequence of ndarray, shape (n,)
        One each per member; what errors are measured in is positive.
    errors : sequence of ndarray, shape (m,)
        Ascending, one per member.
    coverage : float
        The share, of this side alone, below 1.

    Raises
    ------
    DataError
        Where so few errors promise no such coverage.
    """
    n_errors = sum(map(len, errors))
    wanted = math.ceil(coverage * (n_errors + 1) * (1 - 1e-12))
    if wanted > n_errors:
        raise DataError(
            f"coverage={2 * coverage - 1:g} needs {math.ceil(coverage / (1 - coverage) - 1e-9)} "
            f"validation rows; this model has {n_errors}. Ask for less, or train on more rows."
        )
    members = list(zip(predictions, units, errors, strict=True))
    if len(members) == 1:
        return np.asarray(predictions[0] + units[0] * errors[0][wanted - 1])
    # Among the shifted lists together, by bisection; `high` always has enough of them below.
    low = np.min([p + u * e[0] for p, u, e in members], axis=0)
    high = np.max([p + u * e[-1] for p, u, e in members], axis=0)
    for _ in range(_HALVINGS):
        middle = low + 0.5 * (high - low)
        below = sum(np.searchsorted(e, (middle - p) / u, side="right") for p, u, e in members)
        enough = below >= wanted
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.asarray(high)
