"""A network written without fusion gives the same bits.

A trace runs the layers one by one; training and predictions run a dense layer with the activation
and the mask behind it as one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import ACTIVATIONS, Activation, Dense, Dropout, Loss, NetworkSpec, TrainingSpec
from comparing import instruction_set, rounded, same_bits
from strategies import COMBINATIONS, Problem, random_params, random_problem

DTYPES = ("float32", "float64")


def dense_stack(activation: str, parametric: bool, n: int) -> Problem:
    """Layers over and under the width where their weights lie by inputs, with masks between."""
    rng = np.random.default_rng(n)
    layers = (
        Dense(70, Activation(activation, parametric)),
        Dropout(0.3),
        Dense(3, Activation(activation, parametric)),
        Dense(65, Activation(activation, parametric), ntk=True),
        Dropout(0.2),
        Dense(2),
    )
    spec = NetworkSpec(5, layers, Loss("squared_error"))
    X, y, weight = rng.normal(size=(n, 5)), rng.normal(size=(n, 2)), rng.uniform(size=n)
    training = TrainingSpec("adam", 0.01, weight_decay=0.1, clip_norm=[None, 0.1][n % 2])
    return Problem(spec, random_params(rng, spec), X, y, training, weight, 0)


def same_step(given: Problem, dtype: str) -> None:
    """The traced step is one full-batch step of fit, and a(L) is the prediction."""
    spec, params = given.spec, rounded(given.params, dtype)
    arguments = (spec, params, given.X, given.y)
    training = replace(given.training, epochs=1, batch_size=None)
    masked = 0 if any(spec.dropout_rates) else None
    options = {"sample_weight": given.sample_weight}
    seen = engine.trace(*arguments, training, **options, dropout_epoch=masked)
    fitted = engine.fit(*arguments, training, **options)
    assert same_bits(seen.params_after, fitted.params)
    assert same_bits(seen.state_after.moments, fitted.state.moments)
    assert fitted.history.loss == [pytest.approx(seen.data_loss, rel=1e-6)]
    shown = engine.trace(*arguments, training, **options)
    assert engine.predict(spec, params, given.X).tobytes() == shown.a[-1].tobytes()
    logits = engine.predict(spec, params, given.X, logits=True)
    assert logits.tobytes() == np.ascontiguousarray(shown.z[-1]).tobytes()


def same_deltas(given: Problem, dtype: str) -> None:
    """With one row a gradient is one product, whose bits show delta and a of the fused layers."""
    spec, params = given.spec, rounded(given.params, dtype)
    masked = 0 if any(spec.dropout_rates) else None
    one = TrainingSpec("sgd", seed=given.training.seed)
    seen = engine.trace(spec, params, given.X[:1], given.y[:1], one, dropout_epoch=masked)
    for l in range(1, spec.n_layers + 1):
        delta = seen.delta[l]
        assert delta is not None
        np.testing.assert_array_equal(seen.grads[f"b{l}"], delta[0])
        if spec.dense[l - 1].ntk:
            continue  # the factor 1 / sqrt(n_in) is one product more
        mask = seen.masks[l - 1]
        received = seen.a[l - 1][0] if mask is None else seen.a[l - 1][0] * mask[0]
        np.testing.assert_array_equal(seen.grads[f"W{l}"], np.outer(delta[0], received))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("parametric", [False, True])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(activation: str, parametric: bool, dtype: str) -> None:
    for n in (1, 6, 37, 130):
        given = dense_stack(activation, parametric, n)
        same_step(given, dtype)
        same_deltas(given, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_activation_with_every_loss(dtype: str) -> None:
    for seed in range(len(COMBINATIONS)):
        given = random_problem(seed)
        clipped = replace(given.training, clip_norm=[None, 0.05, 1e6][seed % 3])
        same_step(replace(given, training=clipped), dtype)
        same_deltas(given, dtype)


@pytest.mark.parametrize("dtype", DTYPES)
def test_without_fused_multiply_adds(dtype: str) -> None:
    with instruction_set("portable"):
        for seed in range(700, 760):
            same_step(random_problem(seed), dtype)
            same_deltas(random_problem(seed), dtype)
