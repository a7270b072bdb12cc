"""The learning rate in the course of a training."""

from __future__ import annotations

from chainrule.reference.schedules import schedule_factor
from chainrule.spec import History, TrainingSpec


def learning_rates(training: TrainingSpec, history: History) -> tuple[float, ...]:
    """At the start of every epoch: the rate times the factor of its schedule.

    Parameters
    ----------
    training : TrainingSpec
    history : History
        Tells the steps of an epoch, and the losses that a plateau is found in.

    Returns
    -------
    tuple of float
    """
    done = history.n_epochs
    if not done:
        return ()
    per_epoch = max(history.n_steps // done, 1)
    losses = history.validation_loss or history.loss
    return tuple(
        training.learning_rate
        * schedule_factor(
            training.schedule, epoch * per_epoch, training.epochs * per_epoch, epoch, losses[:epoch]
        )
        for epoch in range(done)
    )
