"""What is attributed: numbers of a network, as functions of its outputs z(L), and their mean over
the networks of a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from chainrule import engine
from chainrule.reference.activations import ACTIVATIONS
from chainrule.spec import NetworkSpec


@dataclass(frozen=True)
class Answer:
    """answer_k = offset_k + sum_j factor_kj link(z_j), of one network.

    Attributes
    ----------
    factors : ndarray (n_answers, n_outputs)
    offsets : ndarray (n_answers,)
    link : str
        An elementwise activation, such as "exp" of counts; "identity" is z itself.
    """

    factors: np.ndarray
    offsets: np.ndarray
    link: str = "identity"

    def value(self, z: np.ndarray) -> np.ndarray:
        """(n, n_answers) of outputs z (n, n_outputs), float64."""
        linked = ACTIVATIONS[self.link].value(z.astype(np.float64))
        return np.asarray(linked @ self.factors.T + self.offsets)

    def slope(self, k: int, z: np.ndarray | None, n: int) -> np.ndarray:
        """d answer_k / dz, (n, n_outputs); z is None where the link is the identity."""
        factors = np.broadcast_to(self.factors[k], (n, self.factors.shape[1]))
        return np.asarray(factors if z is None else factors * ACTIVATIONS[self.link].derivative(z))


def log_odds(n_outputs: int, *, exclusive: bool) -> np.ndarray:
    """Factors of the log-odds of outputs z(L), (n_answers, n_outputs).

    Of classes that exclude each other: of the second of two, or of each the log-probability above
    the mean of all. Otherwise z(L) itself.
    """
    if not exclusive:
        return np.eye(n_outputs)
    if n_outputs == 2:
        return np.array([[-1.0, 1.0]])
    return np.eye(n_outputs) - 1.0 / n_outputs


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
