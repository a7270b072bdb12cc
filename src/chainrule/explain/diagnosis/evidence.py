"""What the detectors read: the history, one recorded step, and the scale of the problem."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from chainrule import engine
from chainrule.quantiles import quantiles
from chainrule.reference.activations import activation
from chainrule.reference.losses import OF_ACTIVATION, row_losses, targets
from chainrule.spec import OPTIMIZERS, History, NetworkSpec, TrainingSpec

MAX_ROWS = 1024

# Of standardised inputs, by the moments that an optimizer keeps.
_USUAL_RATES: dict[tuple[str, ...], float] = {
    (): 0.1,
    ("velocity",): 0.01,
    ("square_sum",): 0.01,
    ("second_moment",): 1e-3,
    ("first_moment", "second_moment"): 1e-3,
}


@dataclass(frozen=True)
class Evidence:
    """Everything that a detector may look at.

    Attributes
    ----------
    spec : NetworkSpec
    training : TrainingSpec
    history : History
    trace : engine.Trace
        One step over at most 1,024 of the rows.
    y : ndarray
        All targets, as the engine takes them.
    weights : ndarray or None
        Weights of all rows.
    rows : ndarray of int
        Which rows the trace holds.
    columns : sequence of str
        For each input the name of the column that it comes from.
    labels : sequence of str
        Names of the outputs.
    """

    spec: NetworkSpec
    training: TrainingSpec
    history: History
    trace: engine.Trace
    y: np.ndarray
    weights: np.ndarray | None
    rows: np.ndarray
    columns: Sequence[str]
    labels: Sequence[str]

    @property
    def n(self) -> int:
        """Rows given."""
        return len(self.y)

    @cached_property
    def targets(self) -> np.ndarray:
        """Targets of the traced rows, (n, n_outputs) in float64."""
        return np.asarray(targets(self.spec, self.y[self.rows]), np.float64)

    @cached_property
    def losses(self) -> np.ndarray:
        """Training loss of every epoch, for the mean row."""
        return np.asarray(self.history.loss, np.float64) / self._rows_in_sum

    @cached_property
    def validation_losses(self) -> np.ndarray:
        """Validation loss of every epoch."""
        return np.asarray(self.history.validation_loss, np.float64)

    @property
    def _rows_in_sum(self) -> float:
        """By what a sum over all rows is divided to become a mean."""
        if self.training.reduction == "mean":
            return 1.0
        return float(self.n if self.weights is None else self.weights.sum())

    @cached_property
    def baseline(self) -> float:
        """Mean loss of the best constant prediction."""
        return constant_loss(self.spec, self.all_targets, self.weights)

    @cached_property
    def start(self) -> float:
        """Mean loss of z(L) = 0, near which training starts; at least the baseline."""
        z = np.zeros_like(self.all_targets)
        a = activation(self.spec.output_activation, z)
        losses = row_losses(self.spec, z, a, self.all_targets)
        return max(float(np.average(losses, weights=self.weights)), self.floor + self.scale)

    @property
    def rows_in_trace(self) -> float:
        """By what a loss of the trace is divided to become a mean."""
        return float(self.trace.weight_sum) if self.training.reduction == "sum" else 1.0

    @cached_property
    def floor(self) -> float:
        """Mean loss of a perfect prediction: 0 but for counts."""
        if self.spec.loss.name != "poisson":
            return 0.0
        y = self.all_targets
        logs = np.log(np.where(y > 0, y, 1.0))
        return float(np.average((y - y * logs).sum(axis=1), weights=self.weights))

    @cached_property
    def scale(self) -> float:
        """What there is to gain: baseline minus floor; at least the smallest normal number."""
        return max(self.baseline - self.floor, float(np.finfo(np.float64).tiny))

    @cached_property
    def all_targets(self) -> np.ndarray:
        """Targets of all rows, (n, n_outputs) in float64."""
        return np.asarray(targets(self.spec, self.y), np.float64)

    @cached_property
    def sensitivity(self) -> np.ndarray:
        """Per layer |dL_dW| |W| over the scale: what a change of all its weights might do, (L,)."""
        norms = [
            norm(self.trace.grads[f"W{l}"]) * norm(self.trace.params_before[f"W{l}"])
            for l in range(1, self.spec.n_layers + 1)
        ]
        return np.array(norms) / (self.rows_in_trace * self.scale)

    @property
    def usual_rate(self) -> float:
        """Where a search for the learning rate of this optimizer may start."""
        return _USUAL_RATES[OPTIMIZERS[self.training.optimizer].moments]

    @property
    def lower_rate(self) -> float:
        """A third of the learning rate; the usual one where it is more than ten times that."""
        rate = self.training.learning_rate
        return self.usual_rate if rate > 10.0 * self.usual_rate else float(f"{rate / 3:.0e}")

    @property
    def higher_rate(self) -> float:
        """Ten times the learning rate, and at least a tenth of the usual one."""
        rate = self.training.learning_rate
        return max(float(f"{rate * 10:.0e}"), self.usual_rate / 10)


def norm(array: np.ndarray) -> float:
    """Euclidean norm in float64."""
    return float(np.linalg.norm(np.asarray(array, np.float64)))


def rms(array: np.ndarray) -> float:
    """Root mean square in float64."""
    return float(np.sqrt(np.mean(np.square(np.asarray(array, np.float64)))))


def constant_loss(spec: NetworkSpec, y: np.ndarray, weights: np.ndarray | None) -> float:
    """Mean loss over rows (n, n_outputs) of the constant that is best for each output."""
    name = spec.loss.name
    mean = np.average(y, axis=0, weights=weights)
    if name in ("cross_entropy", "binary_cross_entropy"):
        parts = [mean] if name == "cross_entropy" else [mean, 1.0 - mean]
        return float(-sum(p[p > 0] @ np.log(p[p > 0]) for p in parts))
    if name == "poisson":
        logs = np.log(np.where(mean > 0, mean, 1.0))
        return float((mean - mean * logs).sum())
    constant = mean
    if "quantiles" in spec.loss.row.constants:
        constant = quantiles(y[:, 0], weights, spec.loss.quantiles)
    elif name != "squared_error":
        constant = np.concatenate([quantiles(column, weights, [0.5]) for column in y.T])
    if name == "huber":  # steps of 1 go down for sure, since the loss bends by at most 1
        delta = spec.loss.huber_delta
        for _ in range(200):
            pull = np.clip(y - constant, -delta, delta)
            constant = constant + np.average(pull, axis=0, weights=weights)
    losses = OF_ACTIVATION[name][0](
        np.broadcast_to(constant, (len(y), len(constant))), y, spec.loss
    )
    return float(np.average(losses.sum(axis=1), weights=weights))
