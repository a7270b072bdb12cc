"""Whoever asks training to end is heard in every kind of step, and finds whole epochs only."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec
from comparing import same_bits, same_state

RNG = np.random.default_rng(0)
SPEC = NetworkSpec(4, (Dense(64, "tanh"), Dense(2)), Loss("squared_error"))
PARAMS = engine.initialize(SPEC)
N = 40_000  # some 4e7 multiply-adds: the caller is asked within a step of all rows
X = RNG.normal(size=(N, 4)).astype(np.float32)
Y = RNG.normal(size=(N, 2)).astype(np.float32)
FULL = TrainingSpec(epochs=3, batch_size=None, n_threads=1)
# Training rows, batch size, threads, clipping: one step in two calls, steps in blocks of rows.
STEPS: dict[str, tuple[int, int, int, float | None]] = {
    "small": (40, 10, 1, None), "blocks": (40, 10, 2, None), "clipped": (40, 10, 1, 1.0)
}  # fmt: skip


def waits(epoch: int, history: Any) -> None:
    """Long enough for the next piece of work to ask."""
    if epoch == 0:
        time.sleep(0.03)


def after(epochs: int) -> tuple[Callable[[int, Any], None], Callable[[], bool]]:
    """A callback and a stop that agrees as soon as so many epochs are made."""
    made = 0

    def callback(epoch: int, history: Any) -> None:
        nonlocal made
        made = epoch + 1
        waits(epoch, history)

    return callback, lambda: made >= epochs


@pytest.mark.parametrize("kind", STEPS)
def test_it_is_heard_in_every_kind_of_step(kind: str) -> None:
    n, batch_size, n_threads, clip_norm = STEPS[kind]
    training = TrainingSpec(
        epochs=10**9,
        batch_size=batch_size,
        n_threads=n_threads,
        clip_norm=clip_norm,
        time_limit=5.0,
    )
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked == 2

    found = engine.fit(SPEC, PARAMS, X[:n], Y[:n], training, stop=stop)
    assert found.history.interrupted and found.history.stop_reason == "interrupted"
    assert asked == 2
    assert found.state.epoch == found.history.n_epochs == len(found.history.loss)


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
@pytest.mark.parametrize(("n_threads", "clip_norm"), [(1, None), (2, None), (1, 0.1)])
def test_nothing_is_left_of_a_step_that_did_not_end(
    optimizer: str, n_threads: int, clip_norm: float | None
) -> None:
    training = replace(FULL, optimizer=optimizer, n_threads=n_threads, clip_norm=clip_norm)
    callback, stop = after(1)
    found = engine.fit(SPEC, PARAMS, X, Y, training, callback=callback, stop=stop)
    assert found.history.interrupted and found.history.n_epochs == 1
    whole = engine.fit(SPEC, PARAMS, X, Y, replace(training, epochs=1))
    assert same_bits(found.params, whole.params)
    assert same_state(found.state, whole.state)
    assert found.history.n_steps == whole.history.n_steps == 1
    assert found.history.loss == whole.history.loss


def test_an_epoch_whose_scoring_is_left_does_not_count() -> None:
    """Its three steps of ten rows are made and taken back; nobody is told of its loss."""
    training = replace(FULL, batch_size=10)
    callback, stop = after(1)
    found = engine.fit(
        SPEC, PARAMS, X[:30], Y[:30], training, eval_set=(X, Y), callback=callback, stop=stop
    )
    assert found.history.interrupted and found.history.n_epochs == 1
    assert len(found.history.loss) == len(found.history.validation_loss) == 1
    whole = engine.fit(SPEC, PARAMS, X[:30], Y[:30], replace(training, epochs=1), eval_set=(X, Y))
    assert same_bits(found.params, whole.params)
    assert found.history.validation_loss == whole.history.validation_loss


def test_one_who_does_not_agree_changes_nothing() -> None:
    quiet = engine.fit(SPEC, PARAMS, X[:300], Y[:300], FULL)
    asked = engine.fit(SPEC, PARAMS, X[:300], Y[:300], FULL, stop=lambda: False)
    assert not asked.history.interrupted and asked.history.stop_reason == "epochs"
    assert same_bits(asked.params, quiet.params)
