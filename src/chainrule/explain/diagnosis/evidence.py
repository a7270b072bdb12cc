"""What the detectors read: the history, one recorded step, and the scale of the problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from chainrule import engine
from chainrule.explain.derivation.wiring import coded_features
from chainrule.explain.diagnosis.attainable import Attainable, attainable, skill
from chainrule.explain.diagnosis.words import Column, Words
from chainrule.quantiles import quantiles
from chainrule.reference.activations import activation
from chainrule.reference.losses import OF_ACTIVATION, row_losses, targets
from chainrule.spec import OPTIMIZERS, History, NetworkSpec, TrainingSpec, TrainingState
from chainrule.spec.layers.activations import ACTIVATION_ROWS

MAX_ROWS = 1024
_ROWS_OF_RULES = 30  # below that, simple rules tell nothing
# Schedules that end at a rate of 0: the loss falls at the end because the steps become small.
ANNEALED = ("cosine", "coslog4", "flat_cos")
RECTIFIERS = tuple(name for name, row in ACTIVATION_ROWS.items() if row.is_rectifier)
CLASS_LOSSES = ("cross_entropy", "binary_cross_entropy")

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
    words : Words
        How the object that was trained is told what to change.
    x : ndarray (n, n_features)
        All inputs.
    raw : mapping of str to ndarray (n,)
        The columns of the user's table that hold numbers; those of x where there is no other.
    table : sequence of str
        Names of all its columns, where they are not `columns`.
    classes : sequence of str
        Names of the two classes of one sigmoid output.
    answers : ndarray
        y as the user has it, where that is another thing than `y`.
    params : dict of str to ndarray
        The parameters that were kept.
    state : TrainingState or None
        Moments of the optimizer then.
    held : engine.TrainingRows or None
        Validation rows, where they were given.
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
    words: Words = field(default_factory=lambda: Words({}))
    x: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    raw: Mapping[str, np.ndarray] = field(default_factory=dict)
    table: Sequence[str] = ()
    classes: Sequence[str] = ()
    answers: np.ndarray = field(default_factory=lambda: np.empty(0))
    params: dict[str, np.ndarray] = field(default_factory=dict)
    state: TrainingState | None = None
    held: engine.TrainingRows | None = None

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

    # How well the network has learned, and how well simple rules would.

    @cached_property
    def loss(self) -> float:
        """Mean loss of the network on the traced rows."""
        return float(self.trace.data_loss / self.rows_in_trace)

    @property
    def learned(self) -> float:
        """Share of what there is to gain that the network has: 1 is all, below 0 none."""
        return float(1.0 - (self.loss - self.floor) / self.scale)

    @cached_property
    def skill(self) -> float:
        """Share of the targets' variance that the outputs predict."""
        return skill(np.asarray(self.trace.a[-1], np.float64), self.targets)

    @cached_property
    def simple(self) -> Attainable:
        """What simple rules predict of the traced rows, each without itself."""
        return attainable(self.plain_inputs, self.targets)

    @cached_property
    def plain_inputs(self) -> np.ndarray:
        """Inputs of the traced rows, in float64; a row without a finite number has zeros there."""
        return np.nan_to_num(np.asarray(self.trace.x, np.float64), posinf=0.0, neginf=0.0)

    @property
    def missed(self) -> float:
        """How much more of the variance simple rules predict of rows that they have not seen."""
        return self.simple.skill - self.skill if self.enough else 0.0

    @property
    def enough(self) -> bool:
        """Whether there are rows, and outputs, that simple rules can be compared on."""
        return len(self.rows) >= _ROWS_OF_RULES and self.means

    @property
    def means(self) -> bool:
        """Whether outputs are about means of the target: not of counts, nor quantiles."""
        loss = self.spec.loss
        return loss.name != "poisson" and "quantiles" not in loss.row.constants

    @property
    def poor(self) -> bool:
        """Whether the network has learned less than it could.

        Less than simple rules by a twentieth of the variance, or with several times the error that
        they leave, or hardly anything.
        """
        left = 1.0 - self.skill > 3.0 * (1.0 - self.simple.skill) if self.missed > 0.01 else False
        return self.missed > 0.05 or left or self.learned < 0.05

    @property
    def behind(self) -> bool:
        """Whether it is poor, or has a tenth of what there is to gain still to learn."""
        return self.poor or self.learned < 0.9

    @cached_property
    def measured(self) -> np.ndarray:
        """Places of the inputs that are numbers, not numbers of levels."""
        return np.flatnonzero(~np.isin(np.arange(self.spec.n_features), coded_features(self.spec)))

    def column(self, name: str) -> Column:
        """A column of the user's table."""
        return Column(name, list(self.table or dict.fromkeys(self.columns)).index(name))

    # Learning rates to begin with.

    @cached_property
    def batch_rows(self) -> int:
        """Rows of a step."""
        return min(self.training.batch_size or self.n, self.n)

    @property
    def usual_rate(self) -> float:
        """Where a search for the learning rate of this optimizer may start.

        A loss that is summed over the rows has a step so many times larger, unless the optimizer
        divides by the size of the gradient.
        """
        if self.words.usual_rate is not None:
            return self.words.usual_rate
        moments = OPTIMIZERS[self.training.optimizer].moments
        rate = _USUAL_RATES[moments]
        summed = self.training.reduction == "sum" and moments in ((), ("velocity",))
        return float(f"{rate / self.batch_rows:.1g}") if summed else rate

    @property
    def lower_rate(self) -> float | None:
        """The usual rate, or a tenth of one below it; None where that is not to blame."""
        rate, usual = self.training.learning_rate, self.usual_rate
        if rate > usual:
            return usual
        return float(f"{rate / 10:.0e}") if rate > usual / 30 else None

    def epochs_for(self, steps: int) -> int:
        """Epochs for so many steps, from 60 to 1,000, in batches of 32 where one holds all rows."""
        rows = 32 if self.batch_rows >= self.n > 200 else self.batch_rows
        return int(min(max(-(-steps * rows // self.n), 60), 1000))

    def more_epochs(self, steps: int) -> int | None:
        """The same, None where the training was planned to have as many steps."""
        planned = self.training.epochs * -(-self.n // self.batch_rows)
        return self.epochs_for(steps) if planned < steps else None

    @property
    def higher_rate(self) -> float:
        """Ten times the learning rate, and at least the usual one."""
        return max(float(f"{self.training.learning_rate * 10:.0e}"), self.usual_rate)

    @cached_property
    def hidden(self) -> tuple[int, ...]:
        """Units of the hidden layers."""
        return tuple(layer.units for layer in self.spec.dense[:-1])


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
