"""What an optimizer remembers: kept for the same optimizer, begun again for another."""

from __future__ import annotations

import numpy as np

from chainrule.spec import OPTIMIZERS, TrainingState


def test_the_same_optimizer_goes_on_and_another_begins_again() -> None:
    state = TrainingState("adam", 7, 3, {"first_moment.W1": np.ones((2, 2))}, 0.5, 0.9)
    assert state.continued_by("adam") is state
    assert state.continued_by("sgd") == TrainingState("sgd", epoch=3)


def test_another_number_type_changes_the_moments_alone() -> None:
    state = TrainingState("momentum", 7, 3, {"velocity.W1": np.array([[0.1, 2.0]])}, 0.5, 0.9)
    single = state.astype(np.dtype(np.float32))
    assert single.moments["velocity.W1"].dtype == np.float32
    assert (single.n_steps, single.epoch, single.beta1_power, single.beta2_power) == (
        7,
        3,
        0.5,
        0.9,
    )
    assert state.moments["velocity.W1"].dtype == np.float64


def test_no_optimizer_keeps_more_than_two_moments() -> None:
    assert max(len(row.moments) for row in OPTIMIZERS.values()) == 2
