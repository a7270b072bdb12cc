"""Fit: shuffle, batch, forward, loss, backward, update, and again. The whole of training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from chainrule.reference.arrays import Array, Params
from chainrule.reference.backward import backward
from chainrule.reference.forward import record_forward
from chainrule.reference.losses import penalty, row_losses, targets
from chainrule.reference.random import dropout_masks, permutation
from chainrule.reference.schedules import schedule_factor
from chainrule.reference.update import init, update
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState


def fit(
    spec: NetworkSpec,
    params: Params,
    X: Array,
    y: Array,
    training: TrainingSpec,
    *,
    sample_weight: Array | None = None,
    state: TrainingState | None = None,
    first_epoch: int = 0,
    past: Sequence[float] = (),
) -> tuple[Params, TrainingState, History]:
    """All epochs of `training`; stopping rules and validation rows are not its business.

    Returns the new parameters (the given ones are left as they are), the state with which a second
    call continues, and the history, whose loss is that of each batch before its update, without
    penalty: over an epoch the weighted mean of its rows, or their sum with reduction "sum".

    Of the epochs of `training`, earlier calls have made the first `first_epoch`, whose losses are
    `past`: the schedules stand where they would stand.
    """
    n, y = len(X), targets(spec, y)
    s = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    state = init(training, params) if state is None else state
    batch_size = n if training.batch_size is None else min(training.batch_size, n)
    starts = range(0, n, batch_size)  # the last batch may be short
    n_steps = training.epochs * len(starts)
    history = History(stop_reason="epochs")

    for epoch in range(first_epoch, training.epochs):
        order = np.arange(n)
        if training.shuffle and batch_size < n:
            order = permutation(n, training.seed, "shuffle", state.epoch)
        epoch_loss = epoch_weight = epoch_penalty = 0.0
        for number, start in enumerate(starts):
            rows = order[start : start + batch_size]
            step = epoch * len(starts) + number
            factor, decay_factor, dropout_factor = (
                schedule_factor(schedule, step, n_steps, epoch, [*past, *history.loss])
                for schedule in (
                    training.schedule,
                    training.weight_decay_schedule,
                    training.dropout_schedule,
                )
            )
            masks = dropout_masks(spec, rows, training.seed, state.epoch, dropout_factor)

            record = record_forward(spec, params, X[rows], masks)

            size = batch_size_in_weights(training, s[rows], s)
            if size == 0:  # a batch that weighs nothing makes no step
                continue

            share, divisor = 1.0, 1.0
            if training.penalty_per_batch:  # as scikit-learn's MLP
                divisor = size
                share = len(rows) / divisor
            batch_loss = row_losses(spec, record.z[-1], record.a[-1], y[rows]) @ s[rows]
            epoch_loss += share * float(batch_loss)
            epoch_weight += share * s[rows].sum()
            epoch_penalty += share * float(penalty(spec, params, training.l1, training.l2))

            _, grads = backward(
                spec,
                params,
                record,
                y[rows],
                sample_weight=s[rows] / size,
                reduction="sum",
                l1=training.l1 / divisor,
                l2=training.l2 / divisor,
                masks=masks,
            )

            updates, state = update(training, params, grads, state, factor, decay_factor)
            params = {name: w + updates[name] for name, w in params.items()}
            history.n_steps += 1

        total = epoch_weight if training.reduction == "mean" else 1.0
        history.loss.append(epoch_loss / total if total else 0.0)
        if training.penalty_per_batch:
            history.penalty.append(epoch_penalty / total if total else 0.0)
        state = replace(state, epoch=state.epoch + 1)
    return params, state, history


def batch_size_in_weights(training: TrainingSpec, s: Array, s_all: Array) -> float:
    """What a step divides the sum of s l over its rows by; `s_all` are all rows' weights.

    For the mean that is the sum of all s where the batch is the whole table. The sum over a
    mini-batch would cancel the weights, in batches of one row entirely: there it is the number of
    rows times the mean weight of all rows, so that the steps of an epoch are the whole table's on
    average. With `penalty_per_batch` it is the batch's own sum, as in scikit-learn.
    """
    if training.reduction == "sum":
        return 1.0
    if training.penalty_per_batch or len(s) == len(s_all):
        return float(s.sum())
    return len(s) * float(s_all.mean())
