"""What holds for every kind of layer in the core, alone and in any order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.reference.forward import record_forward
from chainrule.reference.gradients import frozen_masks, gradients
from chainrule.spec import (
    ACTIVATIONS,
    KINDS,
    Activation,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    Loss,
    NetworkSpec,
    Residual,
    Scale,
    TrainingSpec,
)
from comparing import rounded, same_bits
from kinds import EXAMPLES, examples, network_with
from strategies import Problem, random_params, random_rows, verdict

TRAINING = TrainingSpec("adam", 1e-2, l1=0.1, l2=0.2, seed=3, batch_size=None, epochs=1)


def problem(spec: NetworkSpec, n: int) -> Problem:
    rng = np.random.default_rng(n)
    params, X = random_params(rng, spec), random_rows(rng, spec, n)
    y, weight = rng.normal(size=(n, spec.n_outputs)), rng.uniform(0.5, 2.0, size=n)
    return Problem(spec, params, X, y, TRAINING, weight, 5 if any(spec.dropout_rates) else None)


def in_any_order(seed: int) -> NetworkSpec:
    """Layers of every kind wherever a network may have them."""
    rng = np.random.default_rng(seed)
    embeds = EXAMPLES["periodic"] + EXAMPLES["embedding"] + EXAMPLES["columns"]
    layers: list[Layer] = [embeds[seed % len(embeds)]] if seed % 3 else []
    for _ in range(int(rng.integers(1, 9))):
        parametric = bool(rng.random() < 0.5)
        choices = [
            Dense(int(rng.choice([1, 3, 16, 35])), ntk=parametric),
            Activation(str(rng.choice(ACTIVATIONS)), parametric),
            Dropout(0.3),
            Scale(),
            LayerNorm(),
            Residual((Activation("tanh"), Scale())),
        ]
        layers.append(choices[rng.integers(len(choices))])
        try:
            NetworkSpec(4, (*layers, Dense(2)), Loss("squared_error"))
        except SpecError:  # two of a kind with one name
            layers.pop()
    return NetworkSpec(4, (*layers, Dense(int(rng.integers(1, 6)))), Loss("huber"))


def agrees(given: Problem) -> None:
    """Every output and gradient is the reference's; the traced step is the step of fit."""
    spec, n = given.spec, len(given.X)
    arguments = (given.params, given.X, given.y, given.training)
    _, expected = gradients(spec, *arguments, **given.options)
    seen = engine.trace(spec, *arguments, **given.options)
    assert verdict(seen.grads, expected) <= 1e-12, spec
    masks = frozen_masks(spec, n, given.training, given.dropout_epoch)
    record = record_forward(spec, given.params, given.X, masks)
    for placed in spec.walk:
        if isinstance(placed.layer, Dropout) and given.dropout_epoch is None:
            continue  # the layer above reads its input
        np.testing.assert_allclose(
            seen.layers[placed.index].out,
            record.outputs[placed.index],
            rtol=1e-11,
            atol=1e-12,
            err_msg=f"{placed} of {spec}",
        )
    for dtype in ("float32", "float64"):
        params = rounded(given.params, dtype)
        fitted = engine.fit(spec, params, *arguments[1:], sample_weight=given.sample_weight)
        step = engine.trace(
            spec,
            params,
            *arguments[1:],
            sample_weight=given.sample_weight,
            dropout_epoch=0,
        )
        assert same_bits(step.params_after, fitted.params), spec
        assert same_bits(step.state_after.moments, fitted.state.moments), spec


def test_every_kind_is_a_class_of_the_core() -> None:
    assert list(EXAMPLES) == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 2, 9, 40])
def test_a_kind_is_that_of_the_reference(kind: str, n: int) -> None:
    for layer in examples(kind):
        agrees(problem(network_with(layer), n))


@pytest.mark.parametrize("kind", KINDS)
def test_a_factor_of_zero_stops_the_array_that_it_names(kind: str) -> None:
    """Every other one moves: all arrays of a kind are updated under their own names."""
    training = TrainingSpec("sgd", 0.1, batch_size=None, epochs=1, weight_decay=0.1)
    for layer in examples(kind):
        given = problem(network_with(layer), 9)
        decays = dict.fromkeys(given.params, 1.0)  # so that all move, gradients of 0 or not
        for name, before in given.params.items():
            one = replace(training, learning_rate_factors={name: 0.0}, weight_decay_factors=decays)
            after = engine.fit(given.spec, given.params, given.X, given.y, one).params
            assert after[name].tobytes() == before.tobytes(), (name, layer)
            moved = {other for other, w in given.params.items() if (after[other] != w).any()}
            assert moved == set(given.params) - {name}, (name, layer)


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_any_order_of_layers_is_that_of_the_reference(first: int) -> None:
    for seed in range(first, first + 50):
        agrees(problem(in_any_order(seed), 1 + seed % 37))


@pytest.mark.parametrize("first", range(0, 60, 20))
def test_no_order_of_layers_depends_on_threads_or_batches(first: int) -> None:
    for seed in range(first, first + 20):
        spec = in_any_order(seed)
        given = problem(spec, 90)
        params = rounded(given.params, "float32")
        training = replace(TRAINING, epochs=2, batch_size=40, clip_norm=[None, 0.5][seed % 2])
        fits = [
            engine.fit(
                spec,
                params,
                given.X,
                given.y,
                replace(training, n_threads=n_threads),
                sample_weight=given.sample_weight,
            )
            for n_threads in (1, 2, 3)
        ]
        assert all(same_bits(fit.params, fits[0].params) for fit in fits), spec
        together = engine.predict(spec, params, given.X)
        for i in (0, 41, 89):
            alone = engine.predict(spec, params, given.X[i : i + 1])
            assert alone.tobytes() == together[i].tobytes(), spec
