"""Training states on their way into the core and back."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.engine.state import state_arrays
from chainrule.spec import OPTIMIZERS, Dense, Loss, NetworkSpec, TrainingSpec, TrainingState
from comparing import same_bits

SPEC = NetworkSpec(3, (Dense(20, "tanh"), Dense(2)), Loss("squared_error"))
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(30, 3)), RNG.normal(size=(30, 2))
PARAMS = engine.initialize(SPEC, dtype="float64")


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_moments_have_their_names_and_shapes(optimizer: str) -> None:
    state = engine.fit(SPEC, PARAMS, X, Y, TrainingSpec(optimizer, epochs=2)).state
    assert state.optimizer == optimizer
    assert list(state.moments) == [
        f"{moment}.{name}" for moment in OPTIMIZERS[optimizer].moments for name in SPEC.parameters
    ]
    for name, moment in state.moments.items():
        assert moment.shape == SPEC.parameter_shapes[name.partition(".")[2]]
        assert moment.any()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_what_comes_back_goes_in_unchanged(optimizer: str) -> None:
    training = TrainingSpec(optimizer, epochs=2)
    state = engine.fit(SPEC, PARAMS, X, Y, training).state
    still = engine.fit(SPEC, PARAMS, X, Y, TrainingSpec(optimizer, epochs=0), state=state).state
    assert (still.epoch, still.n_steps) == (2, state.n_steps)
    assert (still.beta1_power, still.beta2_power) == (state.beta1_power, state.beta2_power)
    assert same_bits(still.moments, state.moments)


@pytest.mark.parametrize("optimizer", [name for name, row in OPTIMIZERS.items() if row.moments])
def test_absent_moments_are_zero(optimizer: str) -> None:
    """A state may hold counters alone, as one read from a file without moments does."""
    training = TrainingSpec(optimizer, epochs=1)
    zeros = {
        f"{moment}.{name}": np.zeros(shape)
        for moment in OPTIMIZERS[optimizer].moments
        for name, shape in SPEC.parameter_shapes.items()
    }
    bare, full = (
        engine.fit(SPEC, PARAMS, X, Y, training, state=TrainingState(optimizer, moments=moments))
        for moments in ({}, zeros)
    )
    assert same_bits(bare.params, full.params)


def test_moments_of_another_network_are_refused() -> None:
    wider = NetworkSpec(3, (Dense(21, "tanh"), Dense(2)), Loss("squared_error"))
    state = engine.fit(SPEC, PARAMS, X, Y, TrainingSpec("adam", epochs=1)).state
    params = engine.initialize(wider, dtype="float64")
    with pytest.raises(ValueError, match="parameter W1 has the wrong size or type"):
        engine.fit(wider, params, X, Y, TrainingSpec("adam"), state=state)
    with pytest.raises(ValueError, match="parameter W1 has the wrong size or type"):
        engine.fit(SPEC, engine.initialize(SPEC), X, Y, TrainingSpec("adam"), state=state)


def test_every_moment_has_its_place_in_the_core() -> None:
    for optimizer in OPTIMIZERS:
        state_arrays(SPEC, TrainingState(optimizer))
