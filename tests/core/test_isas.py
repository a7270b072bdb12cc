"""Every instruction set that this machine runs: with FMA the same bits, without it nearly."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from chainrule import _core, engine
from chainrule.spec import OPTIMIZERS, Dense, Dropout, Loss, NetworkSpec, TrainingSpec
from comparing import FUSED, instruction_set, same_bits, same_state
from strategies import random_problem


def results(
    spec: NetworkSpec, training: TrainingSpec, n: int, dtype: str, names: list[str]
) -> list[tuple[engine.FitResult, np.ndarray]]:
    rng = np.random.default_rng(n)
    X = rng.normal(size=(n, spec.n_features))
    y = rng.normal(size=(n, spec.n_outputs))
    found = []
    for name in names:
        with instruction_set(name):
            params = engine.initialize(spec, init="glorot_normal", dtype=dtype)
            result = engine.fit(spec, params, X, y, training)
            found.append((result, engine.predict(spec, result.params, X)))
    return found


needs_two = pytest.mark.skipif(len(FUSED) < 2, reason="one instruction set with FMA here")


@needs_two
@pytest.mark.parametrize("n", [70, 100, 255])
@pytest.mark.parametrize("n_features", [1, 6, 7, 8, 12, 13])
def test_sums_over_a_batch_are_cut_alike_in_tiles_of_any_height(n_features: int, n: int) -> None:
    spec = NetworkSpec(n_features, (Dense(n_features, "tanh"), Dense(2)), Loss("squared_error"))
    training = TrainingSpec(optimizer="adam", epochs=3, batch_size=n, n_threads=1)
    (first, _), *others = results(spec, training, n, "float32", FUSED)
    for other, _ in others:
        assert same_bits(first.params, other.params)


@needs_two
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_has_the_same_bits(optimizer: str, dtype: str) -> None:
    layers = (Dropout(0.1), Dense(37, "mish"), Dense(21, "selu"), Dropout(0.3), Dense(3))
    spec = NetworkSpec(11, layers, Loss("squared_error"))
    for clip_norm in (None, 0.1):
        training = TrainingSpec(
            optimizer=optimizer,
            epochs=3,
            batch_size=25,
            clip_norm=clip_norm,
            l1=1e-3,
            l2=1e-2,
            schedule="exponential",
        )
        (first, a), *others = results(spec, training, 60, dtype, FUSED)
        for result, b in others:
            assert same_bits(result.params, first.params)
            assert same_state(result.state, first.state)
            assert result.history.loss == first.history.loss
            assert a.tobytes() == b.tobytes()


@needs_two
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("n_in", [1, 256, 257, 384, 600])
def test_every_width_and_batch_has_the_same_bits(n_in: int, dtype: str) -> None:
    for n_out, n in ((1, 1), (2, 13), (15, 25), (17, 6), (33, 121), (100, 260)):
        spec = NetworkSpec(n_in, (Dense(n_out, "tanh"), Dense(2)), Loss("huber"))
        training = TrainingSpec(epochs=2, batch_size=None)
        (first, _), *others = results(spec, training, n, dtype, FUSED)
        for result, _ in others:
            assert same_bits(result.params, first.params), (n_out, n)


@needs_two
def test_random_networks_have_the_same_bits() -> None:
    for seed in range(0, 400, 3):
        problem = random_problem(seed)
        seen = []
        for name in FUSED:
            with instruction_set(name):
                seen.append(
                    engine.gradients(
                        problem.spec,
                        problem.params,
                        problem.X,
                        problem.y,
                        problem.training,
                        **problem.options,
                    )
                )
        for loss, grads in seen[1:]:
            assert loss == seen[0][0]
            assert same_bits(grads, seen[0][1]), seed


def test_without_fma_labels_and_losses_stay() -> None:
    """Two overlapping classes: loss within 1e-4 relative, 99.9 % of the labels equal."""
    rng = np.random.default_rng(0)
    y = rng.integers(2, size=4000)
    X = rng.normal(size=(4000, 8)) + y[:, np.newaxis] * 0.8
    spec = NetworkSpec(8, (Dense(32, "relu"), Dense(2, "softmax")), Loss("cross_entropy"))
    params = engine.initialize(spec)
    training = TrainingSpec(epochs=3, batch_size=64, learning_rate=1e-2)
    found = {}
    for name in _core.instruction_sets():
        with instruction_set(name):
            result = engine.fit(spec, params, X, y, training)
            labels = engine.predict(spec, result.params, X).argmax(axis=1)
            found[name] = (result.history.loss[-1], labels)
    loss, labels = found.pop("portable")
    for other_loss, other_labels in found.values():
        assert other_loss == pytest.approx(loss, rel=1e-4)
        assert (other_labels == labels).mean() >= 0.999


def test_an_unknown_set_is_refused_by_name() -> None:
    before = _core.instruction_set()
    with pytest.raises(ValueError, match="unknown instruction set 'sse9'; this build has: "):
        _core.use_instruction_set("sse9")
    assert _core.instruction_set() == before
    assert before in engine.machine()["isas"]


def imported(name: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from chainrule import _core; print(_core.instruction_set())"],
        env={**os.environ, "CHAINRULE_ISA": name},
        capture_output=True,
        text=True,
    )


def test_the_environment_chooses_the_set() -> None:
    for name in _core.instruction_sets():
        assert imported(name).stdout.strip() == name
    refused = imported("sse9")
    assert refused.returncode == 1
    assert "unknown instruction set 'sse9'" in refused.stderr
