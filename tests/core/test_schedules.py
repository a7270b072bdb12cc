"""Learning rates over a fit, read off the steps that plain descent makes."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.schedules import schedule_factor
from chainrule.spec import Dense, Loss, NetworkSpec, Schedule, TrainingSpec

# One weight, whose gradient is -1 at every step: it moves by the learning rate.
SPEC = NetworkSpec(1, (Dense(1),), Loss("absolute_error"))
FAR = 1e9


def factors(schedule: Schedule, epochs: int, n_batches: int = 1) -> list[float]:
    """Learning rate of the epochs, the sum over their steps, at eta 1."""
    params = {"W1": np.zeros((1, 1)), "b1": np.zeros(1)}
    training = TrainingSpec(
        optimizer="sgd",
        learning_rate=1.0,
        schedule=schedule,
        epochs=epochs,
        batch_size=1,
        shuffle=False,
        learning_rate_factors={"b": 0.0},
    )
    X = np.ones((n_batches, 1))
    result = engine.fit(SPEC, params, X, np.full(n_batches, FAR), training)
    moved: list[float] = []

    def record(epoch: int, history: object) -> None:
        moved.append(history.loss[-1])  # type: ignore[attr-defined]

    engine.fit(SPEC, params, X, np.full(n_batches, FAR), training, callback=record)
    # Each loss is taken before its step: FAR - w.
    places = [FAR - loss for loss in moved] + [float(result.params["W1"][0, 0])]
    return list(np.diff(places)) if n_batches == 1 else places


@pytest.mark.parametrize(
    "schedule",
    [
        Schedule("constant"),
        Schedule("step", {"every": 3, "factor": 0.5}),
        Schedule("step", {"every": 1.1, "factor": 0.9}),
        Schedule("exponential", {"factor": 0.97}),
        Schedule("exponential", {"factor": 0.0}),
        Schedule("cosine"),
        Schedule("cosine", {"warmup": 0.25}),
        Schedule("cosine", {"warmup": 1.0}),
        Schedule("coslog4"),
        Schedule("coslog4", {"cycles": 2.5}),
        Schedule("flat_cos"),
    ],
    ids=lambda schedule: f"{schedule.name}-{list(schedule.constants.values())}",
)
def test_each_step_is_the_references(schedule: Schedule) -> None:
    epochs = 60
    expected = [schedule_factor(schedule, step, epochs, step) for step in range(epochs)]
    # Of numbers near 1e9, float64 keeps 7 digits behind the point.
    np.testing.assert_allclose(factors(schedule, epochs), expected, rtol=1e-9, atol=3e-7)


def test_a_full_multiple_of_epochs_counts_although_division_rounds() -> None:
    """11 // 1.1 is 9, since 1.1 is a little more than eleven tenths of one; 11 / 1.1 is 10."""
    got = factors(Schedule("step", {"every": 1.1, "factor": 0.5}), 12)
    assert got[11] == pytest.approx(0.5 ** (11 // 1.1), rel=1e-3)


def test_a_plateau_lowers_the_rate_to_its_floor() -> None:
    """A loss that cannot fall: the target is met at once, and then left by nobody."""
    params = {"W1": np.zeros((1, 1)), "b1": np.zeros(1)}
    schedule = Schedule("plateau", {"factor": 0.5, "patience": 2.0, "floor": 0.2})
    training = TrainingSpec(
        optimizer="sgd", learning_rate=1.0, schedule=schedule, epochs=12, batch_size=None
    )
    losses: list[float] = []
    engine.fit(
        SPEC,
        params,
        np.ones((1, 1)),
        np.array([0.3]),
        training,
        callback=lambda epoch, history: losses.append(history.loss[-1]) is not None,
    )
    expected = [0.3]
    w = b = 0.0
    for epoch in range(11):
        eta = schedule_factor(schedule, epoch, 12, epoch, expected[:epoch])
        side = np.sign(w + b - 0.3)
        w, b = w - eta * side, b - eta * side
        expected.append(abs(w + b - 0.3))
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
