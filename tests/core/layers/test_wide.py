"""Layers whose weights come from memory, and batches of several row blocks: a path of their own."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.fit import fit
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec
from comparing import FUSED, instruction_set, normwise, same_bits

# More than 2 MiB of weights in float32 in the middle layer; no size a multiple of a tile.
SPEC = NetworkSpec(9, (Dense(730, "tanh"), Dense(741, "relu"), Dense(3)), Loss("squared_error"))

# Measured over these runs: 2.3e-13 with adam, which divides by small numbers, else 9e-16.
BOUNDS = {"adam": 1e-12, "momentum": 1e-14, "sgd": 1e-14}


def rows(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(n)
    return rng.normal(size=(n, SPEC.n_features)), rng.normal(size=(n, SPEC.n_outputs))


@pytest.mark.parametrize("optimizer", BOUNDS)
@pytest.mark.parametrize("n", [1, 19, 130])
def test_steps_are_those_of_the_reference(n: int, optimizer: str) -> None:
    X, y = rows(n)
    params = engine.initialize(SPEC, seed=1, dtype="float64")
    training = TrainingSpec(optimizer=optimizer, learning_rate=1e-3, epochs=3, batch_size=None)
    expected, _, _ = fit(SPEC, params, X, y, training)
    assert normwise(engine.fit(SPEC, params, X, y, training).params, expected) < BOUNDS[optimizer]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n", [264, 265, 600])
def test_row_blocks_and_threads_change_no_bit(n: int, dtype: str) -> None:
    X, y = rows(n)
    params = engine.initialize(SPEC, seed=1, dtype=dtype)
    training = TrainingSpec(epochs=1, batch_size=None)
    found = []
    for name in FUSED:
        with instruction_set(name):
            for n_threads in (1, 2, 3):
                found.append(engine.fit(SPEC, params, X, y, replace(training, n_threads=n_threads)))
    for other in found[1:]:
        assert same_bits(other.params, found[0].params)


def test_small_and_large_batches_see_the_same_row() -> None:
    X, _ = rows(300)
    params = engine.initialize(SPEC, seed=1, dtype="float32")
    together = engine.predict(SPEC, params, X)
    for i in (0, 119, 120, 263, 264, 299):
        alone = engine.predict(SPEC, params, X[i : i + 1])
        assert alone.tobytes() == together[i : i + 1].tobytes()
