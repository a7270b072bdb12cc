"""Rows of a table as the network sees them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
    """

    inputs: np.ndarray
    target: np.ndarray
    raw: np.ndarray
    weights: np.ndarray | None

    def targets(self, rows: np.ndarray) -> Rows:
        """Copies of some of the rows without their inputs."""
        weights = None if self.weights is None else self.weights[rows]
        return Rows(self.inputs[:0], self.target[rows], self.raw[rows], weights)


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
