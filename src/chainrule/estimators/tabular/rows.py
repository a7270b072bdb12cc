"""Rows of a table as the network sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from chainrule.estimators.weights import row_count


@dataclass(frozen=True)
class Rows:
    """Encoded rows with their targets.

    Attributes
    ----------
    inputs : ndarray, shape (n, n_inputs)
    target : ndarray
        As the engine takes it.
    raw : ndarray
        The target as the user knows it.
    weights : ndarray, shape (n,), or None
    groups : ndarray of int, shape (n,), or None
        Rows of a group, which tell no more than one of them.
    """

    inputs: np.ndarray
    target: np.ndarray
    raw: np.ndarray
    weights: np.ndarray | None
    groups: np.ndarray | None = None

    @property
    def count(self) -> float:
        """How many rows of equal weight, or groups of them, tell as much (`row_count`)."""
        return self.counted(self.weights)

    def counted(self, weights: np.ndarray | None) -> float:
        """The same with other weights."""
        if self.groups is None:
            return row_count(len(self.target), weights)
        _, of_row = np.unique(self.groups, return_inverse=True)
        groups = np.bincount(of_row.reshape(-1), weights)
        return row_count(len(groups), groups.astype(np.float64))

    def targets(self, rows: np.ndarray) -> Rows:
        """Copies of some of the rows without their inputs."""
        weights, groups = (None if x is None else x[rows] for x in (self.weights, self.groups))
        return Rows(self.inputs[:0], self.target[rows], self.raw[rows], weights, groups)


@dataclass(frozen=True)
class KeptRows:
    """Those rows of a table that weigh something.

    Attributes
    ----------
    rows : ndarray of int64, ascending
    n_rows : int
        Of the whole table.
    """

    rows: np.ndarray
    n_rows: int

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Values of the kept rows at their places in the whole table, NaN elsewhere."""
        whole = np.full((self.n_rows, *values.shape[1:]), np.nan)
        whole[self.rows] = values
        return whole
