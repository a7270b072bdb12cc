"""Answer: which numbers of a network are attributed, as functions of its outputs z(L)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Answer:
    """answer_k = offset_k + sum_j factor_kj link(z_j), of one network.

    Attributes
    ----------
    factors : ndarray (n_answers, n_outputs)
    offsets : ndarray (n_answers,)
    is_exp : bool
        Whether the link is e^z, as of counts; otherwise it is z itself.
    """

    factors: np.ndarray
    offsets: np.ndarray
    is_exp: bool = False

    def value(self, z: np.ndarray) -> np.ndarray:
        """(n, n_answers) of outputs z (n, n_outputs), float64."""
        linked = np.exp(z.astype(np.float64)) if self.is_exp else z.astype(np.float64)
        return np.asarray(linked @ self.factors.T + self.offsets)

    def slope(self, k: int, z: np.ndarray | None, n: int) -> np.ndarray:
        """d answer_k / dz, (n, n_outputs); z where the link is e^z, None otherwise."""
        factors = np.broadcast_to(self.factors[k], (n, self.factors.shape[1]))
        return np.asarray(factors if z is None else factors * np.exp(z))
