"""Temperature scaling: one number that makes the probabilities honest.

    p = (1 - mix) softmax(beta z) + mix / C            mix = 1 / (n + 1)

beta minimises the weighted log-loss of the n validation rows; the predicted class never changes.
With several labels at once, each label is a pair of classes and C = 2.
Source: "ts-mix" of Berta, Holzmüller et al., arXiv 2501.19195.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STEPS = 30
LOG_RANGE = 16.0


@dataclass(frozen=True)
class Temperature:
    """beta = 1 / temperature, and the share of the uniform distribution mixed in."""

    beta: float = 1.0
    mix: float = 0.0

    @classmethod
    def fit(
        cls, logits: np.ndarray, y: np.ndarray, weights: np.ndarray | None, multilabel: bool
    ) -> Temperature:
        """From validation rows.

        Parameters
        ----------
        logits : ndarray, shape (n, n_outputs)
        y : ndarray
            Class numbers (n,), or 0/1 rows (n, n_outputs).
        weights : ndarray, shape (n,), or None
        multilabel : bool
        """
        z = np.asarray(logits, np.float64)
        at_target = (z * y).sum(axis=1) if multilabel else z[np.arange(len(z)), y]
        link = sigmoid if multilabel else softmax
        low, high = -LOG_RANGE, LOG_RANGE
        for _ in range(STEPS):  # the loss is convex in beta, so its slope changes sign once
            middle = 0.5 * (low + high)
            expected = (z * link(np.exp(middle) * z)).sum(axis=1)
            if np.average(expected - at_target, weights=weights) > 0:
                high = middle
            else:
                low = middle
        return cls(float(np.exp(0.5 * (low + high))), 1.0 / (len(z) + 1))

    def probabilities(self, logits: np.ndarray, multilabel: bool) -> np.ndarray:
        """Calibrated probabilities, float64, shape (n, n_outputs)."""
        z = self.beta * np.asarray(logits, np.float64)
        p = sigmoid(z) if multilabel else softmax(z)
        return (1.0 - self.mix) * p + self.mix / (2 if multilabel else z.shape[1])


def softmax(z: np.ndarray) -> np.ndarray:
    """Row by row; the largest z is subtracted first."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True))


def sigmoid(z: np.ndarray) -> np.ndarray:
    """1 / (1 + e^-z) without overflow."""
    e = np.exp(-np.abs(z))
    return np.asarray(np.where(z >= 0, 1.0, e) / (1.0 + e))
