"""What is attributed: numbers of a network, as functions of its outputs z(L), and their mean over
the networks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainrule import engine
from chainrule.spec import NetworkSpec


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


@dataclass(frozen=True)
class MeanAnswer:
    """The mean of the answers of some networks, and the columns that their features come from.

    Attributes
    ----------
    spec : NetworkSpec
        Of all networks.
    networks : sequence of parameters
    answers : sequence of Answer
        One a network.
    columns : ndarray of int (n_features,)
        The column of the table that each feature comes from, from 0.
    n_columns : int
        Of the table.
    n_threads : int or None
        None is as many as are worth it; they change no bit.
    """

    spec: NetworkSpec
    networks: Sequence[dict[str, np.ndarray]]
    answers: Sequence[Answer]
    columns: np.ndarray
    n_columns: int
    n_threads: int | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(n_columns, n_answers), of what is attributed in a row."""
        return self.n_columns, len(self.answers[0].offsets)

    def value(self, X: np.ndarray) -> np.ndarray:
        """(n_rows, n_answers) of features X (n_rows, n_features), float64."""
        found = [
            answer.value(
                engine.predict(self.spec, params, X, logits=True, n_threads=self.n_threads)
            )
            for params, answer in zip(self.networks, self.answers, strict=True)
        ]
        return np.asarray(np.mean(found, axis=0))
