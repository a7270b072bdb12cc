"""One training through the core: with its caller's functions, or again on the way to a fault."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from chainrule import _core
from chainrule.engine.checkpoint import Keeper, Standing
from chainrule.engine.plans import metric_name, network_plan, training_plan
from chainrule.engine.rows import Array, Params, TrainingRows
from chainrule.engine.state import named_arrays, state_arrays, state_from
from chainrule.errors import DataError
from chainrule.spec import History, NetworkSpec, TrainingSpec

Metric = str | Callable[[Array], float]
Callback = Callable[[int, History], bool | float | None]
Selector = Callable[[int, Array], bool | None]


class Recorder(Protocol):
    """Takes the outputs of the validation rows after each epoch, and keeps some of them."""

    outputs: list[Array]

    def __call__(self, outputs: Array) -> None:
        """After an epoch."""


LOWER = 0.1  # the factor on the rate after numbers left the finite ones
_STOPS = -1.0  # what the core is answered


@dataclass
class Run:
    """What stays the same however often a training sets out.

    Attributes
    ----------
    spec : NetworkSpec
    training : TrainingSpec
    train, validation : TrainingRows
    metric, outputs, selector, callback, stop
        As `fit` takes them.
    checkpoint : Keeper or None
    n_steps_before : int
        Updates that its moments remember from earlier trainings.
    factors : dict of int to float
        The caller's factor on the rate, by the epoch after which it was given.
    stopped_by : str
        Which of the caller's functions ended it, where one did: "selector" or "callback".
    """

    spec: NetworkSpec
    training: TrainingSpec
    train: TrainingRows
    validation: TrainingRows | None
    metric: Metric
    outputs: Recorder | None
    selector: Selector | None
    callback: Callback | None
    stop: Callable[[], bool] | None
    checkpoint: Keeper | None
    n_steps_before: int = 0
    factors: dict[int, float] = field(default_factory=dict)
    stopped_by: str = "callback"

    def go(self, start: Standing) -> _core.Fitted:
        """Train until an end or a fault."""
        functions = (self.selector, self.callback, self.checkpoint)
        watched = any(function is not None for function in functions)
        after = _AfterEpoch(self, start) if watched else None
        taken = self.outputs if after is None or self.selector is None else after.take
        return self._call(start, self.training, self.metric, taken, after, self.stop)

    def again(self, start: Standing, n_epochs: int) -> Standing:
        """The same numbers once more, until so many epochs of the plan are made.

        Raises `DataError` where they are others now.
        """
        if start.n_epochs == n_epochs:
            return start
        after = _Until(self, start, n_epochs)
        self._call(start, self._unlimited, "loss", None, after, None)
        if after.reached is None:  # other numbers than before: others write into the arrays
            raise DataError("X, y or sample_weight has changed during training; pass a copy.")
        return after.reached

    def carefully(self, start: Standing) -> _core.Fitted:
        """The same numbers once more, looked at after every step, until one is not finite."""
        after = _Until(self, start, self.training.epochs + 1)
        return self._call(start, self._unlimited, "loss", None, after, None, careful=True)

    def standing(
        self, out: _core.SavedState, history: History, n_epochs: int, n_lowered: int
    ) -> Standing:
        """What the core tells of a state after an epoch."""
        return Standing(
            params=named_arrays(self.spec, out.values),
            state=state_from(self.spec, self.training.optimizer, out),
            history=history,
            n_epochs=n_epochs,
            best=None if self.validation is None else params_of(self.spec, out.best) or None,
            rate_factor=out.rate_factor / LOWER**n_lowered,
            n_lowered=n_lowered,
            stop_reason=out.stop_reason,
        )

    def recorded(self) -> list[Array]:
        """What was kept of the outputs, one entry an epoch."""
        return [] if self.outputs is None else list(self.outputs.outputs)

    @property
    def _unlimited(self) -> TrainingSpec:
        """The training without what could end it earlier than the first time."""
        return replace(self.training, patience=None, tol=0.0, time_limit=None)

    def _call(
        self,
        start: Standing,
        training: TrainingSpec,
        metric: Metric,
        outputs: Callable[[Array], None] | None,
        function: Callable[..., float] | None,
        stop: Callable[[], bool] | None,
        *,
        careful: bool = False,
    ) -> _core.Fitted:
        plan = training_plan(self.spec, training)
        plan.careful = careful
        if training.time_limit is not None:
            plan.time_limit = max(training.time_limit - start.history.seconds, 1e-9)
        past = start.history
        return _core.fit(
            network=network_plan(self.spec, self.train.x.dtype),
            training=plan,
            values=[start.params[name] for name in self.spec.parameters],
            state=state_arrays(
                self.spec, start.state, start.best, start.rate_factor * LOWER**start.n_lowered
            ),
            train=self.train.arrays(),
            validation=None if self.validation is None else self.validation.arrays(),
            metric=metric_name(metric),
            metric_function=metric if callable(metric) else None,
            outputs_function=outputs,
            epoch_function=function,
            asked_to_stop=stop,
            first_epoch=start.n_epochs,
            past=_core.History(
                loss=past.loss,
                penalty=past.penalty,
                validation_loss=past.validation_loss,
                validation_metric=past.validation_metric or past.validation_loss,
                best_epoch=-1 if past.best_epoch is None else past.best_epoch,
            ),
        )


class _AfterEpoch:
    """What the core calls after each epoch, for the caller and the checkpoint."""

    def __init__(self, run: Run, start: Standing) -> None:
        self.run, self.before, self.lowered = run, start, start.n_lowered
        self.history = copy_of(start.history)
        self.seconds, self.start = start.history.seconds, time.perf_counter()
        self.factor = start.rate_factor
        self.newest: Array | None = None  # outputs of the validation rows, for the selector

    def take(self, outputs: Array) -> None:
        """What the core tells just before it calls."""
        self.newest = outputs
        if self.run.outputs is not None:
            self.run.outputs(outputs)

    def __call__(
        self,
        epoch: int,
        loss: float,
        penalty: float,
        validation_loss: float,
        score: float,
        snapshot: Callable[[], _core.SavedState],
    ) -> float:
        run, history = self.run, self.history
        history.loss.append(loss)
        if run.training.penalty_per_batch:
            history.penalty.append(penalty)
        if run.validation is not None:
            history.validation_loss.append(validation_loss)
            if run.metric != "loss":
                history.validation_metric.append(score)
        history.seconds = self.seconds + time.perf_counter() - self.start
        answer = None if run.callback is None else run.callback(epoch, history)
        if isinstance(answer, float):
            self.factor = run.factors[epoch] = answer
        stops = answer is True
        if run.selector is not None and self.newest is not None:
            newest, self.newest = self.newest, None
            if run.selector(epoch, newest) is True and not stops:
                run.stopped_by, stops = "selector", True
        if run.checkpoint is not None:
            self._keep(run.checkpoint, epoch, snapshot, stops=stops)
        return _STOPS if stops else self.factor * LOWER**self.lowered

    def _keep(
        self,
        checkpoint: Keeper,
        epoch: int,
        snapshot: Callable[[], _core.SavedState],
        *,
        stops: bool,
    ) -> None:
        if not checkpoint.is_due():
            return
        saved, before = snapshot(), self.before
        history = replace(
            copy_of(self.history),
            best_epoch=None if saved.best_epoch < 0 else saved.best_epoch,
            n_steps=before.history.n_steps + saved.n_steps - before.state.n_steps,
        )
        standing = self.run.standing(saved, history, epoch + 1, self.lowered)
        reason = self.run.stopped_by if stops else saved.stop_reason
        checkpoint.keep(
            replace(
                standing,
                rate_factor=self.factor,
                stop_reason=reason,
                outputs=self.run.recorded(),
            )
        )


class _Until:
    """Gives the recorded factors again, and ends before an epoch."""

    def __init__(self, run: Run, start: Standing, n_epochs: int) -> None:
        self.run, self.start, self.n_epochs = run, start, n_epochs
        self.factor = start.rate_factor
        self.history = copy_of(start.history)
        self.reached: Standing | None = None

    def __call__(
        self,
        epoch: int,
        loss: float,
        penalty: float,
        validation_loss: float,
        score: float,
        snapshot: Callable[[], _core.SavedState],
    ) -> float:
        lowered = self.start.n_lowered
        self.factor = self.run.factors.get(epoch, self.factor)
        if epoch + 1 == self.n_epochs:
            reached = self.run.standing(snapshot(), self.history, epoch + 1, lowered)
            self.reached = replace(reached, rate_factor=self.factor)
            return _STOPS
        return self.factor * LOWER**lowered


def copy_of(history: History) -> History:
    """The same with lists of its own."""
    return replace(
        history,
        loss=list(history.loss),
        penalty=list(history.penalty),
        validation_loss=list(history.validation_loss),
        validation_metric=list(history.validation_metric),
    )


def params_of(spec: NetworkSpec, arrays: list[Any]) -> Params:
    """The parameters of a list of the core; empty for an empty one."""
    return named_arrays(spec, arrays) if arrays else {}
