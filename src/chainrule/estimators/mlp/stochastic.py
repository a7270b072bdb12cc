"""The solvers sgd and adam: one call of the engine, watched between epochs as scikit-learn does."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from chainrule import engine
from chainrule.engine import FitResult
from chainrule.errors import DivergedError, warn_caller
from chainrule.estimators.arguments import plain
from chainrule.estimators.mlp.arguments import PROGRESS
from chainrule.estimators.mlp.scores import LossScale, Score, finite_score
from chainrule.files.checkpoint import Checkpoint, Slot
from chainrule.network.progress import Progress
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState

Array = np.ndarray
Params = dict[str, Array]

NON_FINITE = (
    "Solver produced non-finite parameter weights. The input data may contain large values and "
    "need to be preprocessed."
)
# What the epochs write to the model.
_NOTED = (
    "n_iter_",
    "t_",
    "loss_",
    "loss_curve_",
    "best_loss_",
    "validation_scores_",
    "validation_loss_curve_",
    "best_validation_score_",
    "_no_improvement_count",
)
_SMALLEST_RATE = 1e-6  # adaptive stops below it


@dataclass
class Optimizer:
    """What `partial_fit` goes on from: the learning rate of now, moments and counters."""

    learning_rate: float
    state: TrainingState


@dataclass(frozen=True)
class EncodedRows:
    """Rows as the engine takes them: y class indices (n,), or (n, n_outputs)."""

    X: Array
    y: Array
    weights: Array | None = None

    def __getitem__(self, rows: Array | None) -> EncodedRows:
        if rows is None:
            return self
        weights = None if self.weights is None else self.weights[rows]
        return EncodedRows(self.X, self.y[rows], weights)


@dataclass
class Course:
    """The bookkeeping of one call of `fit` or `partial_fit`, written to the model as it goes on.

    Attributes
    ----------
    model : MLPClassifier or MLPRegressor
    spec : NetworkSpec
    train : EncodedRows
    rows : ndarray or None
        The rows of `train` to train on; None means all.
    held_out : ndarray or None
        Its validation rows.
    evaluated : EncodedRows or None
        Validation rows of their own.
    score : callable
    incremental : bool
        One epoch, for `partial_fit`.
    saved : Checkpoint or None
    """

    model: Any
    spec: NetworkSpec
    train: EncodedRows
    rows: Array | None
    held_out: Array | None
    evaluated: EncodedRows | None
    score: Score
    incremental: bool
    saved: Checkpoint | None
    stopped: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        model = self.model
        used = self.train[self.rows]
        self.n = len(used.y)
        self.batch_size = self._batch_size()
        self.scale = LossScale(self.spec, used.y, used.weights)
        self.watched = self.train[self.held_out] if self.evaluated is None else self.evaluated
        self.validated = self.held_out is not None or self.evaluated is not None
        self.validation_scale = LossScale(self.spec, self.watched.y, self.watched.weights)
        self.epochs = 1 if self.incremental else int(model.max_iter)
        progress = model.verbose == PROGRESS and not self.incremental
        self.progress = Progress(1, self.epochs, metric="score") if progress else None
        self.latest = math.nan
        self.scores: list[float] = []

    def run(self, params: Params) -> Params:
        """Train from `params`; the best epoch's with early stopping, else the last's."""
        model, optimizer = self.model, self.model._optimizer
        self.start_rate = optimizer.learning_rate
        self.start_epoch = optimizer.state.epoch
        model.n_iter_ = 0
        model.training_ = training = self._training()
        try:
            result = engine.fit(
                self.spec,
                params,
                self.train.X,
                self.train.y,
                training,
                sample_weight=self.train.weights,
                rows=self.rows,
                eval_set=None if self.evaluated is None else (self.evaluated.X, self.evaluated.y),
                eval_rows=self.held_out,
                eval_sample_weight=None if self.evaluated is None else self.evaluated.weights,
                state=optimizer.state,
                metric=self._validate if self.validated else "loss",
                callback=self._epoch_done,
                checkpoint=self._slot(),
                recovers=False,  # scikit-learn ends here, and so does what takes its place
            )
        except DivergedError as error:
            result = self._diverged(error)
        optimizer.state = result.state
        if self.progress is not None:
            result.history.validation_metric[:] = self.scores
            self.progress.close(result.history)
        unfinished = not (self.incremental or self.stopped or result.history.interrupted)
        if unfinished and model.n_iter_ == self.epochs:
            warn_caller(
                f"Stochastic Optimizer: Maximum iterations ({model.max_iter}) reached and the "
                "optimization hasn't converged yet.",
                ConvergenceWarning,
            )
        if model.early_stopping and result.history.best_epoch is None:
            return params  # no epoch was better than where it started
        return result.params

    def _slot(self) -> Slot | None:
        if self.saved is None:
            return None
        return self.saved.slot("network", self._notes, self._restore)

    def _notes(self) -> dict[str, Any]:
        """The bookkeeping of the epochs so far, for a checkpoint."""
        noted = {name: getattr(self.model, name, None) for name in _NOTED}
        own = {
            "learning_rate": self.model._optimizer.learning_rate,
            "stopped": self.stopped,
            "scores": self.scores,
        }
        return {name: _written(value) for name, value in {**noted, **own}.items()}

    def _restore(self, notes: dict[str, Any]) -> None:
        read = {name: _read(value) for name, value in notes.items()}
        for name in _NOTED:
            setattr(self.model, name, read[name])
        self.model._optimizer.learning_rate = read["learning_rate"]
        self.stopped, self.scores = read["stopped"], read["scores"]

    def _batch_size(self) -> int:
        if isinstance(self.model.batch_size, str):
            return min(200, self.n)
        if self.model.batch_size > self.n:
            warn_caller(
                "Got `batch_size` less than 1 or larger than sample size. It is going to be "
                "clipped",
                UserWarning,
            )
        return min(int(self.model.batch_size), self.n)

    def _training(self) -> TrainingSpec:
        model = self.model
        adam: dict[str, Any] = {
            "beta1": float(model.beta_1),
            "beta2": float(model.beta_2),
            "epsilon": float(model.epsilon),
            "epsilon_hat": True,
        }
        return TrainingSpec(
            optimizer=solver_optimizer(model),
            learning_rate=self.start_rate,
            epochs=self.epochs,
            batch_size=self.batch_size,
            l2=float(model.alpha),
            penalty_per_batch=True,
            shuffle=bool(model.shuffle),
            seed=model._seed,
            n_threads=plain(model.n_threads),
            **adam if model.solver == "adam" else {"momentum": float(model.momentum)},
        )

    def _validate(self, outputs: Array) -> float:
        """The engine keeps the epoch where this is lowest, the last of ties."""
        self.latest = finite_score(self.score, self.watched.y, outputs, self.watched.weights)
        if not self.model.early_stopping:
            return -float(self.model.n_iter_)  # always lower: the last epoch stays
        return -self.latest if self.latest > self.model.best_validation_score_ else math.inf

    def _epoch_done(self, epoch: int, history: History) -> bool | float:
        model = self.model
        model.n_iter_ += 1
        model.t_ += self.n
        loss = self.scale(history.loss[-1], self._order(epoch), self.batch_size)
        self._record(loss + history.penalty[-1])
        if self.validated:
            scaled = self.validation_scale(history.validation_loss[-1])
            model.validation_loss_curve_.append(scaled)
        self._count()
        self.stopped = self._stops() | model._epoch_task()
        if self.progress is not None:
            history.validation_metric[:] = self.scores
            self.progress(epoch, history)
        return self.stopped or float(model._optimizer.learning_rate / self.start_rate)

    def _order(self, epoch: int) -> Array | None:
        if self.scale.constant is None or self.scale.weights is None:
            return None
        if not self.model.shuffle or self.batch_size == self.n:
            return np.arange(self.n)
        return engine.permutation(self.n, self.model._seed, "shuffle", self.start_epoch + epoch)

    def _record(self, loss: float) -> None:
        model = self.model
        model.loss_ = loss
        model.loss_curve_.append(loss)
        if _prints(model.verbose):
            print(f"Iteration {model.n_iter_}, loss = {loss:.8f}")

    def _count(self) -> None:
        """Epochs without improvement, of the validation score or else of the training loss."""
        model = self.model
        if self.validated:
            model.validation_scores_.append(self.latest)
            self.scores.append(self.latest)
        if model.early_stopping:
            if _prints(model.verbose):
                print(f"Validation score: {self.latest:f}")
            poor = self.latest < model.best_validation_score_ + model.tol
            if self.latest > model.best_validation_score_:
                model.best_validation_score_ = self.latest
        else:
            poor = model.loss_ > model.best_loss_ - model.tol
            model.best_loss_ = min(model.best_loss_, model.loss_)
        model._no_improvement_count = model._no_improvement_count + 1 if poor else 0

    def _stops(self) -> bool:
        """The next epoch's learning rate, and whether there is none."""
        model, optimizer = self.model, self.model._optimizer
        adaptive = model.solver == "sgd" and model.learning_rate == "adaptive"
        if model.solver == "sgd" and model.learning_rate == "invscaling":
            optimizer.learning_rate = model.learning_rate_init / (model.t_ + 1) ** model.power_t
        if model._no_improvement_count <= model.n_iter_no_change:
            return False
        watched = "Validation score" if model.early_stopping else "Training loss"
        message = (
            f"{watched} did not improve more than tol={model.tol:f} for "
            f"{model.n_iter_no_change} consecutive epochs."
        )
        slower = adaptive and optimizer.learning_rate > _SMALLEST_RATE
        if slower:
            optimizer.learning_rate /= 5.0
            model._no_improvement_count = 0
            message += f" Setting learning rate to {optimizer.learning_rate:f}"
        else:
            message += " Learning rate too small. Stopping." if adaptive else " Stopping."
        if _prints(model.verbose):
            print(message)
        return not slower

    def _diverged(self, error: DivergedError) -> FitResult:
        """With early stopping the best epoch stands; without, nothing that could be used."""
        if not self.model.early_stopping:
            raise ValueError(NON_FINITE) from error
        self.model.n_iter_ += 1
        self.model.t_ += self.n
        self.model.loss_curve_.append(math.nan)
        self.model.validation_scores_.append(math.nan)
        self.model.validation_loss_curve_.append(math.nan)
        self.stopped = True
        warn_caller(
            f"The loss became infinite or NaN in iteration {self.model.n_iter_}; the weights of "
            "the best iteration are kept.",
            ConvergenceWarning,
        )
        result: FitResult = error.result
        return result


def solver_optimizer(model: Any) -> str:
    """The engine's name of the solver."""
    if model.solver == "adam":
        return "adam"
    return "nesterov" if model.nesterovs_momentum else "momentum"


def _written(value: Any) -> Any:
    """A value as JSON has it, which knows no infinity."""
    if isinstance(value, list):
        return [_written(entry) for entry in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else str(float(value))
    return value.item() if isinstance(value, np.generic) else value


def _read(value: Any) -> Any:
    if isinstance(value, list):
        return [_read(entry) for entry in value]
    return float(value) if isinstance(value, str) else value


def _prints(verbose: Any) -> bool:
    return bool(verbose) and verbose != PROGRESS
