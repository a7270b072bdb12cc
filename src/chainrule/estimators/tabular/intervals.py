"""Conformal prediction intervals: from errors on rows that training never saw to a stated coverage.

Each of the N held-out rows i left an error e_i = y_i - f_k(i)(x_i) at the network k(i) that did not
train on it. Around a new row x, f_k(i)(x) + e_i are then N equally likely values of y. The interval
of coverage c leaves out at most (1 - c) / 2 of them on either side, counted among N + 1 because the
new row is one more of their kind:

    upper = the ceil((1 + c) / 2 (N + 1))-th smallest of f_k(i)(x) + e_i

and lower likewise from the largest. One network is split conformal prediction; a bag is CV+, where
coverage c is what is met in practice and 2 c - 1 what holds for any data. Quantile networks are
conformalised the same way, each bound from the quantile nearest to it.

Sources: Papadopoulos et al. 2002 (split); Barber, Candès, Ramdas and Tibshirani 2021 (CV+); Romano,
Patterson and Candès 2019 (quantiles, and the two tails apart).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.estimators.weights import row_count
from chainrule.quantiles import quantiles

# Errors kept of each member and output, and how many a model holds at most.
MAX_ERRORS = 1_000
MAX_ERRORS_IN_ALL = 200_000
_HALVINGS = 60


@dataclass(frozen=True)
class HeldOutErrors:
    """What held-out rows tell about the distance from prediction to truth.

    Attributes
    ----------
    members : tuple of ndarray, shape (m, n_outputs)
        Equally likely errors, ascending by column, of each member that was held to rows of its own.
        Empty without validation rows.
    """

    members: tuple[np.ndarray, ...] = ()

    @classmethod
    def fit(
        cls, errors: Sequence[np.ndarray], weights: Sequence[np.ndarray | None]
    ) -> HeldOutErrors:
        """From each member's errors (n, n_outputs) and the weights of those rows."""
        most = min(MAX_ERRORS, MAX_ERRORS_IN_ALL // (len(errors) * errors[0].shape[1]))
        return cls(tuple(_kept(e, w, most) for e, w in zip(errors, weights, strict=True)))

    def bounds(
        self,
        predictions: Sequence[np.ndarray],
        units: Sequence[np.ndarray],
        outputs: tuple[int, int],
        coverage: float,
    ) -> np.ndarray:
        """Lower and upper bounds of new rows, shape (n, 2).

        Parameters
        ----------
        predictions, units : sequence of ndarray, shape (n, n_outputs)
            Of each member; units are what its errors are measured in, above 0.
        outputs : pair of int
            The outputs that the lower and the upper bound start from.
        coverage : float
            In (0, 1).

        Raises
        ------
        DataError
            Where there are no errors, or too few for this coverage.
        """
        wanted = sum(map(len, self.members)) + 1 - self.rank(coverage)
        bounds = []
        for output, sign in zip(outputs, (-1.0, 1.0), strict=True):
            members = [
                (sign * p[:, output], u[:, output], np.sort(sign * e[:, output]))
                for p, u, e in zip(predictions, units, self.members, strict=True)
            ]
            bounds.append(sign * _smallest(members, wanted))
        return np.sort(np.column_stack(bounds), axis=1)

    def rank(self, coverage: float) -> int:
        """The k for which the upper bound is the k-th largest of prediction + error, from 1 on.

        Raises
        ------
        DataError
            Where there are no errors, or too few for this coverage.
        """
        if not self.members:
            raise DataError(
                "the model has no errors of validation rows, from which intervals are made; "
                "train with validation_fraction above 0, or with an eval_set."
            )
        side = 0.5 + 0.5 * coverage
        n_errors = sum(map(len, self.members))
        wanted = math.ceil(side * (n_errors + 1) * (1 - 1e-12))
        if wanted > n_errors:
            raise DataError(
                f"coverage={coverage:g} needs {math.ceil(side / (1 - side) - 1e-9)} validation "
                f"rows; this model has {n_errors}. Ask for less, or train on more rows."
            )
        return n_errors + 1 - wanted


def checked_coverage(coverage: Any) -> float:
    """The coverage; `SpecError` where it is no number between 0 and 1."""
    if not isinstance(coverage, float | np.floating) or not 0.0 < coverage < 1.0:
        raise SpecError(f"coverage must be a number between 0 and 1, found {coverage!r}.")
    return float(coverage)


def _smallest(members: list[tuple[np.ndarray, np.ndarray, np.ndarray]], rank: int) -> np.ndarray:
    """In each row the rank-th smallest of prediction + unit * error, of all members together."""
    if len(members) == 1:
        prediction, unit, errors = members[0]
        return np.asarray(prediction + unit * errors[rank - 1])
    # By bisection; at `high` there are always enough.
    low = np.min([p + u * e[0] for p, u, e in members], axis=0)
    high = np.max([p + u * e[-1] for p, u, e in members], axis=0)
    for _ in range(_HALVINGS):
        middle = low + 0.5 * (high - low)
        reached = sum(np.searchsorted(e, (middle - p) / u, side="right") for p, u, e in members)
        enough = reached >= rank
        high, low = np.where(enough, middle, high), np.where(enough, low, middle)
    return np.asarray(high)


def _kept(errors: np.ndarray, weights: np.ndarray | None, most: int) -> np.ndarray:
    """At most so many equally likely errors, ascending by column: (n, k) to (m, k).

    Rows count by their weights; with unequal ones m is what they tell as much as (`row_count`).
    Where there are more than `most`, their quantiles at 1/2m, 3/2m, ... stand for them.
    """
    m = min(most, max(1, round(row_count(len(errors), weights))))
    shares = (np.arange(m) + 0.5) / m
    return np.column_stack([quantiles(column, weights, shares) for column in errors.T])
