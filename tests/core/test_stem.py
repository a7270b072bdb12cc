"""Embeddings, scale and parametric activations in the core, against the reference and itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError
from chainrule.reference.fit import fit as reference_fit
from chainrule.reference.forward import forward
from chainrule.reference.gradients import gradients
from chainrule.reference.initialize import initialize
from chainrule.spec import (
    ACTIVATIONS,
    OPTIMIZERS,
    CategoryEmbedding,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
    TrainingSpec,
)
from comparing import FUSED, instruction_set, normwise, rounded, same_bits, same_state
from strategies import random_params, random_rows, verdict

THREADS = (1, 2, 3, 8)
STEMS: dict[str, tuple[int, tuple[Any, ...]]] = {  # features, and what stands before layer 1
    "waves": (3, (PeriodicEmbedding(3),)),
    "waves of one": (1, (PeriodicEmbedding(1, frequencies=1, outputs=1),)),
    "waves of many": (40, (PeriodicEmbedding(37, frequencies=33, outputs=5), Scale())),
    "categories": (2, (CategoryEmbedding((1, 300), units=5),)),
    "one level": (1, (CategoryEmbedding((1,), units=1), Scale())),
    "scale": (70, (Scale(),)),
    "everything": (9, (PeriodicEmbedding(4), CategoryEmbedding((2, 11)), Scale())),
    "nothing in between": (5, (PeriodicEmbedding(3, 7, 2), CategoryEmbedding((9, 1), 3), Scale())),
}


def network(name: str, *, dropout: float = 0.0, activation: str = "mish") -> NetworkSpec:
    n_features, stem = STEMS[name]
    hidden: list[Any] = []
    for units in (37, 21):
        hidden.append(Dense(units, activation, ntk=True, blend=True))
        if dropout:
            hidden.append(Dropout(dropout))
    return NetworkSpec(n_features, (*stem, *hidden, Dense(2, ntk=True)), Loss("squared_error"))


def drawn(spec: NetworkSpec, n: int, dtype: str = "float64") -> tuple[Any, ...]:
    """Parameters, rows, targets and weights."""
    rng = np.random.default_rng(n)
    params = rounded(random_params(rng, spec), dtype)
    X = random_rows(rng, spec, n)
    weights = rng.uniform(0.1, 2.0, size=n) * (rng.random(n) < 0.9)
    weights[0] = 1.0
    return params, X, rng.normal(size=(n, spec.n_outputs)), weights


@pytest.mark.parametrize("name", STEMS)
@pytest.mark.parametrize("n", [1, 2, 7, 16, 33, 150])
def test_gradients_are_the_references(name: str, n: int) -> None:
    spec = network(name)
    params, X, y, weights = drawn(spec, n)
    arguments = (spec, params, X, y, TrainingSpec(l1=0.01, l2=0.1))
    expected_loss, expected = gradients(*arguments, sample_weight=weights)
    loss, grads = engine.gradients(*arguments, sample_weight=weights)
    assert list(grads) == list(spec.parameter_shapes)
    assert loss == pytest.approx(expected_loss, rel=1e-13)
    assert verdict(grads, expected) <= 1e-12
    single = engine.gradients(
        spec, rounded(params, "float32"), *arguments[2:], sample_weight=weights
    )[1]
    assert verdict(single, expected) <= 1e-4
    z, a = forward(spec, params, X)
    engine_z, engine_a = engine.forward(spec, params, X)
    for wanted, got in zip(z[1:] + a, engine_z[1:] + engine_a, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation_blends(activation: str) -> None:
    spec = network("everything", activation=activation)
    params, X, y, weights = drawn(spec, 40)
    arguments = (spec, params, X, y, TrainingSpec())
    _, expected = gradients(*arguments, sample_weight=weights)
    _, grads = engine.gradients(*arguments, sample_weight=weights)
    assert verdict(grads, expected) <= 1e-12


@pytest.mark.parametrize("name", ["portable", *FUSED])
def test_gradients_on_every_instruction_set(name: str) -> None:
    with instruction_set(name):
        for stem in STEMS:
            test_gradients_are_the_references(stem, 33)


def test_central_differences() -> None:
    spec = network("nothing in between", activation="tanh")
    params, X, y, weights = drawn(spec, 12)
    arguments = (spec, params, X, y, TrainingSpec())
    _, grads = engine.gradients(*arguments, sample_weight=weights)
    numeric = engine.numeric_gradients(*arguments, sample_weight=weights)
    shaped = {name: part.reshape(grads[name].shape) for name, part in numeric.items()}
    assert verdict(shaped, grads) <= 1e-6


@pytest.mark.parametrize("init", [None, "ntk", "he_uniform", "zeros"])
def test_starting_parameters_are_the_references(init: str | None) -> None:
    for name in STEMS:
        spec = network(name)
        expected = initialize(spec, init or "ntk", seed=2**40 + 3)
        got = engine.initialize(spec, init=init, seed=2**40 + 3, dtype="float64")
        single = engine.initialize(spec, init=init, seed=2**40 + 3)
        assert list(got) == list(expected)
        for tensor, values in expected.items():
            np.testing.assert_allclose(got[tensor], values, rtol=1e-13, atol=4e-15)
            np.testing.assert_array_equal(single[tensor], got[tensor].astype(np.float32))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", ["everything", "scale", "waves"])
def test_fifty_steps_are_the_references(name: str, optimizer: str) -> None:
    """With masks, schedules of all three rates, and factors by family and by name."""
    spec = network(name, dropout=0.3)
    params, X, y, weights = drawn(spec, 30)
    known = {tensor.rstrip("0123456789") for tensor in spec.parameter_shapes}
    factors = {"scale": 6.0, "freq": 0.1, "mix": 0.5, "blend": 0.1, "b": 0.1}
    decays = {"scale": 36.0, "phase": 0.1, "blend2": 0.01, "levels": 1.0}
    training = TrainingSpec(
        optimizer=optimizer,
        learning_rate=2e-3,
        epochs=10,
        batch_size=7,
        seed=3,
        schedule="coslog4",
        weight_decay=0.05,
        weight_decay_schedule="flat_cos",
        dropout_schedule="cosine",
        clip_norm=5.0,
        learning_rate_factors={k: v for k, v in factors.items() if k in known},
        weight_decay_factors={k: v for k, v in decays.items() if k.rstrip("12") in known},
    )
    expected, _, history = reference_fit(spec, params, X, y, training, sample_weight=weights)
    result = engine.fit(spec, params, X, y, training, sample_weight=weights)
    assert normwise(result.params, expected) <= 1e-11
    np.testing.assert_allclose(result.history.loss, history.loss, rtol=1e-11)


def test_a_dropout_schedule_counts_the_steps_of_this_call() -> None:
    spec = network("scale", dropout=0.5)
    params, X, y, _ = drawn(spec, 20)
    still = TrainingSpec(
        learning_rate=0.0, epochs=4, batch_size=None, dropout_schedule="flat_cos", seed=8
    )
    losses = engine.fit(spec, params, X, y, still).history.loss
    expected = reference_fit(spec, params, X, y, still)[2].loss
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    steady = engine.fit(spec, params, X, y, replace(still, dropout_schedule="constant"))
    assert losses[:3] == steady.history.loss[:3]  # the rate is whole while t <= 1/2
    assert losses[3] != steady.history.loss[3]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", STEMS)
def test_threads_and_instruction_sets_change_no_bit(name: str, dtype: str) -> None:
    spec = network(name, dropout=0.2)
    params, X, y, weights = drawn(spec, 150, dtype)
    training = TrainingSpec(
        epochs=2,
        batch_size=64,
        clip_norm=1.0,
        l1=1e-3,
        weight_decay=0.1,
        weight_decay_factors={"blend": 1.0},
        dropout_schedule="flat_cos",
    )
    first: engine.FitResult | None = None
    for isa in FUSED:
        with instruction_set(isa):
            for n_threads in THREADS:
                result = engine.fit(
                    spec,
                    params,
                    X,
                    y,
                    replace(training, n_threads=n_threads),
                    sample_weight=weights,
                    eval_set=(X[:40], y[:40]),
                )
                first = first or result
                assert same_bits(result.params, first.params), (isa, n_threads)
                assert same_state(result.state, first.state)
                assert result.history.loss == first.history.loss
                assert result.history.validation_loss == first.history.validation_loss


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", STEMS)
def test_a_traced_step_is_the_step_of_fit(name: str, dtype: str) -> None:
    spec = network(name, dropout=0.25)
    params, X, y, weights = drawn(spec, 45, dtype)
    training = TrainingSpec(learning_rate=0.01, epochs=2, batch_size=None, weight_decay=0.1, seed=4)
    before = engine.fit(spec, params, X, y, training, sample_weight=weights)
    after = engine.fit(
        spec,
        before.params,
        X,
        y,
        replace(training, epochs=1),
        sample_weight=weights,
        state=before.state,
    )
    seen = engine.trace(
        spec,
        before.params,
        X,
        y,
        training,
        sample_weight=weights,
        state=before.state,
        dropout_epoch=2,
    )
    assert same_bits(seen.params_after, after.params)
    assert same_bits(seen.state_after.moments, after.state.moments)
    a = engine.forward(spec, before.params, X)[1]
    assert engine.predict(spec, before.params, X).tobytes() == a[-1].tobytes()


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", STEMS)
def test_a_row_does_not_depend_on_its_batch(name: str, dtype: str) -> None:
    spec = network(name)
    params, X, _, _ = drawn(spec, 150, dtype)
    together = engine.predict(spec, params, X, n_threads=2)
    for i in (0, 5, 100, 119, 120, 149):
        assert engine.predict(spec, params, X[i : i + 1]).tobytes() == together[i].tobytes()
    assert engine.predict(spec, params, X[:0]).shape == (0, 2)


def test_waves_of_large_numbers_keep_their_angle() -> None:
    """cos(2 pi 1000 x + phase) with thousands of turns, against the library's cosine."""
    spec = NetworkSpec(1, (PeriodicEmbedding(1, 1, 1), Dense(1)), Loss("squared_error"))
    params = {
        "freq": np.array([[1000.0]]),
        "phase": np.array([[0.5]]),
        "mix": np.array([[1.0]]),
        "shift": np.array([[0.0]]),
        "W1": np.array([[1.0, 0.0]]),
        "b1": np.zeros(1),
    }
    x = np.linspace(-30.0, 30.0, 501)
    got = engine.predict(spec, params, x[:, np.newaxis]).ravel()
    np.testing.assert_allclose(got, np.cos(2.0 * np.pi * 1000.0 * x + 0.5), rtol=0, atol=1e-10)


@pytest.mark.parametrize("code", [-1.0, 3.0, 0.5])
def test_a_code_that_is_none_is_refused_with_its_place(code: float) -> None:
    spec = NetworkSpec(2, (CategoryEmbedding((2,), 3), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec)
    X = np.array([[0.5, 2.0], [0.5, code]])
    with pytest.raises(DataError, match="row 1, column 1"):
        engine.predict(spec, params, X)
    with pytest.raises(DataError, match="row 1, column 1"):
        engine.fit(spec, params, X, np.zeros(2))
