"""Embeddings, scale and parametric activations in one network, against the reference and itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.fit import fit as reference_fit
from chainrule.reference.forward import forward
from chainrule.reference.gradients import gradients
from chainrule.reference.initialize import initialize
from chainrule.spec import OPTIMIZERS, TrainingSpec
from comparing import FUSED, instruction_set, normwise, rounded, same_bits, same_state
from embedded import BEFORE, drawn, network
from strategies import verdict

THREADS = (1, 2, 3, 8)


@pytest.mark.parametrize("name", BEFORE)
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


@pytest.mark.parametrize("name", ["portable", *FUSED])
def test_gradients_on_every_instruction_set(name: str) -> None:
    with instruction_set(name):
        for before in BEFORE:
            test_gradients_are_the_references(before, 33)


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
    for name in BEFORE:
        spec = network(name)
        expected = initialize(spec, init or "ntk", seed=2**40 + 3)
        got = engine.initialize(spec, init=init, seed=2**40 + 3, dtype="float64")
        single = engine.initialize(spec, init=init, seed=2**40 + 3)
        assert list(got) == list(expected)
        for tensor, values in expected.items():
            np.testing.assert_allclose(got[tensor], values, rtol=1e-13, atol=4e-15)
            np.testing.assert_array_equal(single[tensor], got[tensor].astype(np.float32))


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("name", ["everything", "scale", "periodic"])
def test_fifty_steps_are_the_references(name: str, optimizer: str) -> None:
    """With masks, schedules of all three rates, and factors by family and by name."""
    spec = network(name, dropout=0.3)
    params, X, y, weights = drawn(spec, 30)
    known = {tensor.rstrip("0123456789") for tensor in spec.parameter_shapes}
    factors = {"scale": 6.0, "frequency": 0.1, "weight": 0.5, "activation_weight": 0.1, "b": 0.1}
    decays = {"scale": 36.0, "phase": 0.1, "activation_weight2": 0.01, "embedding": 1.0}
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


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", BEFORE)
def test_threads_and_instruction_sets_change_no_bit(name: str, dtype: str) -> None:
    spec = network(name, dropout=0.2)
    params, X, y, weights = drawn(spec, 150, dtype)
    training = TrainingSpec(
        epochs=2,
        batch_size=64,
        clip_norm=1.0,
        l1=1e-3,
        weight_decay=0.1,
        weight_decay_factors={"activation_weight": 1.0},
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
@pytest.mark.parametrize("name", BEFORE)
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
@pytest.mark.parametrize("name", BEFORE)
def test_a_row_does_not_depend_on_its_batch(name: str, dtype: str) -> None:
    spec = network(name)
    params, X, _, _ = drawn(spec, 150, dtype)
    together = engine.predict(spec, params, X, n_threads=2)
    for i in (0, 5, 100, 119, 120, 149):
        assert engine.predict(spec, params, X[i : i + 1]).tobytes() == together[i].tobytes()
    assert engine.predict(spec, params, X[:0]).shape == (0, 2)
