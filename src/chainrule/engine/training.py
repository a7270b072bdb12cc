"""fit: the whole loop in one call of the core."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chainrule import _core
from chainrule.engine.checkpoint import Keeper, Standing, fingerprint_of
from chainrule.engine.one_at_a_time import note_interrupt
from chainrule.engine.recovery import Recovery
from chainrule.engine.rows import Params, TrainingRows, parameter_list, row_numbers
from chainrule.engine.run import Callback, Metric, Recorder, Run, Selector, copy_of
from chainrule.engine.state import named_arrays, state_from
from chainrule.errors import DataError, SpecError, warn_caller
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState
from chainrule.spec.checks import check_whole


@dataclass(frozen=True)
class FitResult:
    """What one fit leaves behind.

    Attributes
    ----------
    params : dict of str to ndarray
        New parameters, those of the epoch that is kept.
    state : TrainingState
        Of the optimizer, to go on from.
    history : History
    """

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
    outputs: Recorder | None = None,
    selector: Selector | None = None,
    callback: Callback | None = None,
    stop: Callable[[], bool] | None = None,
    checkpoint: Keeper | None = None,
    recovers: bool = True,
    tell: Callable[[str], None] = warn_caller,
) -> FitResult:
    """Train from `params`, which stay untouched.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    X : array (n_samples, n_features)
    y : array
        (n_samples, n_outputs), 1-D with one output; for cross_entropy class indices (n_samples,) or
        rows of probabilities.
    training : TrainingSpec, optional
        Default: `TrainingSpec()`.
    sample_weight : array (n_samples,), optional
    rows, eval_rows : int arrays, optional
        Rows of X for training and for validation, without a copy.
    eval_set : (X, y), optional
        Validation rows of their own.
    eval_sample_weight : array (n_validation,), optional
        Weights of those.
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
    selector : callable, optional
        Called as selector(epoch, outputs) with the same after each epoch; True ends the training
        with `stop_reason` "selector". An epoch that is made again after numbers left the finite
        ones is told again.
    callback : callable, optional
        Called as callback(epoch, history) after each epoch; True stops, a float is the factor on
        the learning rate from the next epoch on.
    stop : callable, optional
        Asked every few milliseconds; True ends training as Ctrl-C does, which reaches the main
        thread only, and whoever asks is left to tell of it.
    checkpoint : Keeper, optional
        Keeps the standing of the training from time to time, and gives back the one to go on from.
    recovers : bool, default True
        Whether numbers that leave the finite ones end the training only after lower rates.
    tell : callable, optional
        Gets the sentence on every lower rate. Default: a `DataNotice` at the caller's line.

    Returns
    -------
    FitResult

    Raises
    ------
    DataError, SpecError
        Naming the argument.
    DivergedError
        When numbers leave the finite ones and a lower learning rate does not help, or has not three
        times; its `result` holds the best or last finite epoch, its `place` the first quantity that
        was not finite.
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
    if selector is not None and validation is None:
        raise DataError("selector needs validation rows; give eval_set or eval_rows.")
    run = Run(
        spec,
        training,
        train,
        validation,
        metric,
        None if validation is None else outputs,
        selector,
        callback,
        stop,
        checkpoint,
        before.n_steps,
    )
    start = Standing(dict(zip(spec.parameters, arrays, strict=True)), before, past, first_epoch)
    if checkpoint is not None:
        standing = _standing_of(checkpoint, run, metric, start)
        if standing.stop_reason:
            return _ended(run, standing)
    else:
        standing = start
    began, seconds = time.perf_counter(), standing.history.seconds
    while True:
        out = run.go(standing)
        if out.history.diverged_epoch < 0:
            break
        recovery = Recovery(run, standing, out)
        if not (recovers and recovery.may_help):
            raise recovery.error(_result(run, standing, out, seconds, began))
        tell(recovery.sentence)
        standing = recovery.standing()
    result = _result(run, standing, out, seconds, began)
    if checkpoint is not None and not result.history.interrupted:
        n_epochs = first_epoch + result.history.n_epochs - past.n_epochs
        reason = result.history.stop_reason
        checkpoint.keep(
            Standing(
                result.params,
                result.state,
                result.history,
                n_epochs,
                stop_reason=reason,
                outputs=run.recorded(),
            )
        )
    if result.history.interrupted and stop is None:
        note_interrupt()
        done = first_epoch + result.history.n_epochs - past.n_epochs
        warn_caller(
            f"training was interrupted after {done} of {training.epochs} epochs; "
            "the parameters of the best or last completed epoch are kept",
            UserWarning,
        )
    return result


def _standing_of(checkpoint: Keeper, run: Run, metric: Metric, start: Standing) -> Standing:
    """Where an earlier process left this training; `start` where none did."""
    fingerprint = fingerprint_of(
        run.spec,
        run.training,
        metric if isinstance(metric, str) else "function",
        run.train,
        run.validation,
        start.params,
        start.state,
        start.n_epochs,
    )
    found = checkpoint.begin(fingerprint)
    if found is None:
        return start
    if run.outputs is not None:
        run.outputs.outputs[:] = found.outputs
    return found


def _ended(run: Run, standing: Standing) -> FitResult:
    """The result of a training that had come to its end."""
    kept = None if standing.history.best_epoch is None else standing.best
    history = replace(copy_of(standing.history), stop_reason=standing.stop_reason)
    return FitResult(standing.params if kept is None else kept, standing.state, history)


def _result(
    run: Run, standing: Standing, out: _core.Fitted, seconds: float, began: float
) -> FitResult:
    course, past = out.history, standing.history
    reason = run.stopped_by if course.stop_reason == "callback" else course.stop_reason
    history = History(
        loss=course.loss,
        penalty=course.penalty,
        validation_loss=course.validation_loss,
        validation_metric=[] if run.metric == "loss" else course.validation_metric,
        best_epoch=None if course.best_epoch < 0 else course.best_epoch,
        n_steps=past.n_steps + course.n_steps,
        stop_reason=reason,
        interrupted=reason == "interrupted",
        seconds=seconds + time.perf_counter() - began,
    )
    return FitResult(
        params=named_arrays(run.spec, out.state.values),
        state=state_from(run.spec, run.training.optimizer, out.state),
        history=history,
    )


def _check_past(past: History, first_epoch: int, validated: bool) -> None:
    """The history of earlier calls holds all of their epochs, scored as the ones to come."""
    for name in ("validation_loss", "validation_metric", "penalty"):
        n_epochs = len(getattr(past, name))
        if n_epochs not in (0, past.n_epochs):
            raise DataError(
                f"past has {past.n_epochs} epochs in loss and {n_epochs} in {name}; both must be "
                "those of one history."
            )
    if past.best_epoch is not None and not 0 <= past.best_epoch < past.n_epochs:
        raise DataError(f"past keeps epoch {past.best_epoch} and has {past.n_epochs} epochs.")
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
