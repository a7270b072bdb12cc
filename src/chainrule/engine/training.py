"""fit: the whole loop in one call of the core."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chainrule import _core
from chainrule.engine.plans import metric_name, network_plan, training_plan
from chainrule.engine.rows import Array, Params, TrainingRows, parameter_list, row_numbers
from chainrule.engine.state import named_arrays, state_arrays, state_from
from chainrule.errors import DataError, DivergedError, SpecError
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState
from chainrule.spec.checks import check_whole

Metric = str | Callable[[Array], float]
Callback = Callable[[int, History], bool | float | None]


@dataclass(frozen=True)
class FitResult:
    """New parameters, the optimizer's state and the history of one fit."""

    params: Params
    state: TrainingState
    history: History


def fit(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    *,
    sample_weight: Any = None,
    rows: Any = None,
    eval_set: tuple[Any, Any] | None = None,
    eval_rows: Any = None,
    eval_sample_weight: Any = None,
    state: TrainingState | None = None,
    first_epoch: int = 0,
    past: History | None = None,
    metric: Metric = "loss",
    outputs: Callable[[Array], None] | None = None,
    callback: Callback | None = None,
    stop: Callable[[], bool] | None = None,
) -> FitResult:
    """Train from `params`, which stay untouched.

    Parameters
    ----------
    X : array (n_samples, n_features)
    y : array
        (n_samples, n_outputs), 1-D with one output; for cross_entropy class indices (n_samples,) or
        rows of probabilities.
    sample_weight : array (n_samples,), optional
    rows, eval_rows : int arrays, optional
        Rows of X for training and for validation, without a copy.
    eval_set : (X, y), optional
        Validation rows of their own, with `eval_sample_weight`.
    state : TrainingState, optional
        Counters and moments to go on from.
    first_epoch : int, default 0
        Epochs of `training` that earlier calls have made, counted from 0: the schedules stand where
        they would stand, and 7 epochs and 13 more are the 20 at once, to the bit.
    past : History, optional
        Of those epochs. The result's history begins with them, and the plateau schedule, patience
        and the kept epoch, whose parameters are then `params`, go on from them. Without it they
        begin anew.
    metric : "loss", "error", "rmse", "mae" or callable
        What chooses the best epoch on the validation rows, lower is better; a function gets their
        outputs (n, n_outputs). Of ties the epoch of the lower validation loss is kept, of those
        the last.
    outputs : callable, optional
        Called with the validation rows' outputs (n, n_outputs) after each epoch.
    callback : callable, optional
        Called as callback(epoch, history) after each epoch; True stops, a float is the factor on
        the learning rate from the next epoch on.
    stop : callable, optional
        Asked every few milliseconds; True ends training as Ctrl-C does, which reaches the main
        thread only, and whoever asks is left to tell of it.

    Raises
    ------
    DataError, SpecError
        Naming the argument.
    DivergedError
        When the loss leaves the finite numbers; its `result` holds the last finite epoch.
    """
    training = training or TrainingSpec()
    arrays = parameter_list(spec, params)
    dtype = arrays[0].dtype
    train = TrainingRows.of(spec, dtype, X, y, sample_weight, rows)
    validation = _validation_rows(spec, train, eval_set, eval_rows, eval_sample_weight)
    before = (state or TrainingState(training.optimizer)).continued_by(training.optimizer)
    past = past or History()
    check_whole("first_epoch", first_epoch, 0)
    if first_epoch > training.epochs:
        raise SpecError(
            f"first_epoch must be a whole number of at most {training.epochs}, the epochs of the "
            f"whole training, found {first_epoch}."
        )
    _check_past(past, first_epoch, validation is not None)
    history = replace(
        past,
        loss=list(past.loss),
        penalty=list(past.penalty),
        validation_loss=list(past.validation_loss),
        validation_metric=list(past.validation_metric),
    )
    start = time.perf_counter()
    factor = 1.0

    def epoch_done(
        epoch: int, loss: float, penalty: float, validation_loss: float, score: float
    ) -> float:
        nonlocal factor
        history.loss.append(loss)
        if training.penalty_per_batch:
            history.penalty.append(penalty)
        if validation is not None:
            history.validation_loss.append(validation_loss)
            if metric != "loss":
                history.validation_metric.append(score)
        history.seconds = past.seconds + time.perf_counter() - start
        answer = None if callback is None else callback(epoch, history)
        if answer is True:
            return -1.0  # stops
        if isinstance(answer, float):
            factor = answer
        return factor

    out = _core.fit(
        network=network_plan(spec),
        training=training_plan(spec, training),
        values=arrays,
        state=state_arrays(spec, before),
        train=train.arrays(),
        validation=None if validation is None else validation.arrays(),
        metric=metric_name(metric),
        metric_function=metric if callable(metric) else None,
        outputs_function=None if validation is None else outputs,
        epoch_function=epoch_done if callback is not None else None,
        asked_to_stop=stop,
        first_epoch=first_epoch,
        past=_core.History(
            loss=past.loss,
            penalty=past.penalty,
            validation_loss=past.validation_loss,
            validation_metric=past.validation_metric or past.validation_loss,
            best_epoch=-1 if past.best_epoch is None else past.best_epoch,
        ),
    )
    course = out.history
    history = History(
        loss=course.loss,
        penalty=course.penalty,
        validation_loss=course.validation_loss,
        validation_metric=[] if metric == "loss" else course.validation_metric,
        best_epoch=None if course.best_epoch < 0 else course.best_epoch,
        n_steps=past.n_steps + course.n_steps,
        stop_reason=course.stop_reason,
        interrupted=course.stop_reason == "interrupted",
        seconds=past.seconds + time.perf_counter() - start,
    )
    result = FitResult(
        params=named_arrays(spec, out.state.values),
        state=state_from(spec, training.optimizer, out.state),
        history=history,
    )
    if course.diverged_epoch >= 0:
        raise _diverged(course, training, result)
    if history.interrupted and stop is None:
        warnings.warn(
            f"training was interrupted after {first_epoch + history.n_epochs - past.n_epochs} of "
            f"{training.epochs} epochs; "
            "the parameters of the best or last completed epoch are kept",
            stacklevel=2,
        )
    return result


def _check_past(past: History, first_epoch: int, validated: bool) -> None:
    """The history of earlier calls holds all of their epochs, scored as the ones to come."""
    if not past.n_epochs:
        return
    if past.n_epochs != first_epoch:
        raise DataError(
            f"past has {past.n_epochs} epochs and first_epoch is {first_epoch}; both count those "
            "that earlier calls have made."
        )
    if validated != bool(past.validation_loss):
        had = "had" if past.validation_loss else "had no"
        raise DataError(
            f"the epochs before {had} validation rows; go on with the same, or without past."
        )


def _validation_rows(
    spec: NetworkSpec,
    train: TrainingRows,
    eval_set: tuple[Any, Any] | None,
    eval_rows: Any,
    eval_sample_weight: Any,
) -> TrainingRows | None:
    if eval_set is not None and eval_rows is not None:
        raise DataError("give eval_set or eval_rows, not both.")
    if eval_set is not None:
        if not isinstance(eval_set, tuple | list) or len(eval_set) != 2:
            raise DataError("eval_set must be a pair (X, y).")
        X, y = eval_set
        return TrainingRows.of(spec, train.x.dtype, X, y, eval_sample_weight, what="eval_set ")
    if eval_rows is None:
        return None
    held_out = replace(train, rows=row_numbers(eval_rows, len(train.x), "eval_rows"))
    held_out.check_weight("eval_")
    return held_out


def _diverged(course: _core.History, training: TrainingSpec, result: FitResult) -> DivergedError:
    error = DivergedError(
        f"the loss became infinite or NaN in epoch {course.diverged_epoch}, "
        f"batch {course.diverged_step}; the parameters of the last finite epoch are kept.",
        f"Try a learning_rate below {training.learning_rate:g}, scaled inputs, or clip_norm=1.",
    )
    error.result = result
    return error
