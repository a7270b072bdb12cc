"""One moment of a training run, and the step that leads to the next.

A step is taken by the `fit` that trains everywhere else, on one batch or on whole epochs at once;
both give the same bits, since a batch of an epoch is a function of (seed, epoch) alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.derivation.names import Names
from chainrule.explain.trace import StepTrace
from chainrule.spec import NetworkSpec, TrainingSpec, TrainingState

Params = dict[str, np.ndarray]

ROWS_AT_ONCE = 256  # of a record that is made for its losses alone
SCHEDULED = ("schedule", "weight_decay_schedule", "dropout_schedule")


@dataclass(frozen=True)
class Moment:
    """A network before one of its steps. Arrays are float64 and never changed in place.

    Attributes
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
    X : ndarray (n, n_features)
    y : ndarray
        Targets as `engine.fit` takes them.
    training : TrainingSpec
        At a constant learning rate and decay: epochs one by one or at once are the same then.
    state : TrainingState
        Moments of the optimizer, and the epoch.
    step : int
        Updates made so far, from 0.
    batch : int
        Place of the next batch in its epoch, from 0.

    Raises
    ------
    SpecError
        For a training with a schedule.
    """

    spec: NetworkSpec
    params: Params
    X: np.ndarray
    y: np.ndarray
    training: TrainingSpec
    state: TrainingState
    step: int = 0
    batch: int = 0
    names: Names | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        for name in SCHEDULED:
            if getattr(self.training, name).name != "constant":
                raise SpecError(f"the playground steps at a constant rate; leave out {name}.")

    @property
    def n_rows(self) -> int:
        return len(self.X)

    @property
    def batch_size(self) -> int:
        return min(self.training.batch_size or self.n_rows, self.n_rows)

    @property
    def n_batches(self) -> int:
        """Steps of an epoch."""
        return math.ceil(self.n_rows / self.batch_size)

    @property
    def n_bytes(self) -> int:
        """Memory of the parameters and of the optimizer's moments."""
        arrays = [*self.params.values(), *self.state.moments.values()]
        return sum(array.nbytes for array in arrays)

    @property
    def rows(self) -> np.ndarray:
        """Numbers of the rows of the next batch, in the order in which they are summed."""
        first = self.batch * self.batch_size
        if self.training.shuffle and self.n_batches > 1:
            seed, epoch = self.training.seed, self.state.epoch
            order = engine.permutation(self.n_rows, seed, "shuffle", epoch)
        else:
            order = np.arange(self.n_rows)
        return np.asarray(order[first : first + self.batch_size])

    def trace(self) -> StepTrace:
        """Every number of the next step."""
        return self.trace_of(self.rows)

    def trace_of(self, rows: np.ndarray) -> StepTrace:
        """Every number of a step on these rows, whether or not it comes."""
        return StepTrace(
            self.spec,
            self.params,
            self.X[rows],
            self.y[rows],
            self.training,
            state=self.state,
            names=self.names,
            row_ids=rows.tolist(),
        )

    def row_losses(self) -> np.ndarray:
        """The loss of each row of the table (n,)."""
        starts = range(0, self.n_rows, ROWS_AT_ONCE)
        blocks = (np.arange(k, min(k + ROWS_AT_ONCE, self.n_rows)) for k in starts)
        return np.concatenate([self.trace_of(block).losses for block in blocks])

    def loss(self) -> float:
        """The total loss of all rows."""
        return engine.loss(self.spec, self.params, self.X, self.y, self.training)

    def after(self, n_steps: int) -> Moment:
        """The moment `n_steps` updates later.

        Raises
        ------
        DivergedError
            When the loss leaves the finite numbers.
        """
        moment = self
        while n_steps > 0:
            epochs = n_steps // moment.n_batches if moment.batch == 0 else 0
            moment = moment._after_epochs(epochs) if epochs else moment._after_batch()
            n_steps -= max(epochs * moment.n_batches, 1)
        return moment

    def _after_epochs(self, epochs: int) -> Moment:
        training = replace(self.training, epochs=epochs)
        result = engine.fit(
            self.spec, self.params, self.X, self.y, training, state=self.state, recovers=False
        )
        step = self.step + epochs * self.n_batches
        return replace(self, params=result.params, state=result.state, step=step)

    def _after_batch(self) -> Moment:
        training = replace(self.training, epochs=1, batch_size=None, shuffle=False)
        result = engine.fit(
            self.spec, self.params, self.X, self.y, training,
            rows=self.rows, state=self.state, recovers=False,
        )  # fmt: skip
        is_last = self.batch + 1 == self.n_batches
        state = replace(result.state, epoch=self.state.epoch + is_last)
        batch = 0 if is_last else self.batch + 1
        return replace(self, params=result.params, state=state, step=self.step + 1, batch=batch)
