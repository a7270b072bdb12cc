"""The way back alone, against the complex step of the reference."""

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError
from chainrule.reference import forward as reference
from chainrule.spec import (
    Activation,
    Columns,
    Dense,
    Dropout,
    LayerNorm,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Residual,
    Scale,
)

RNG = np.random.default_rng(3)
BODIES = {
    "dense": (Dense(20), Activation("tanh"), Dense(3)),
    "parametric": (Dense(9, ntk=True), Activation("selu", parametric=True), Dense(3)),
    "norm": (LayerNorm(), Dense(17), Activation("gelu"), Dropout(0.3), Dense(3)),
    "dropped": (
        Dense(9),
        Activation("tanh"),
        Dropout(0.3),
        Dense(6),
        Activation("tanh"),
        Dense(3),
    ),
    "residual": (Dense(8), Residual((Dense(8), Activation("silu"))), Dense(3)),
    "wide": (Dense(70), Activation("softplus"), Dense(3)),
}


def made(layers, n=5, seed=1):
    spec = NetworkSpec(n, (*layers, Activation("softmax")), Loss("cross_entropy"))
    params = engine.initialize(spec, seed=seed, dtype="float64")
    return spec, {k: v + 0.1 * RNG.normal(size=v.shape) for k, v in params.items()}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_behind_a_scale_it_gives_derivatives_by_the_inputs(body):
    spec, params = made((Scale(), *body))
    X, seeds = RNG.normal(size=(130, 5)), RNG.normal(size=(130, 3))
    name = spec.placed[0].name("scale")
    found = engine.pullback(spec, params, X, seeds) * params[name].reshape(-1)
    h = 1e-30
    for column in range(5):
        moved = X + 1j * h * (np.arange(5) == column)
        z = reference.record_forward(spec, params, moved).z[-1]
        expected = (z.imag / h * seeds).sum(axis=1)
        np.testing.assert_allclose(found[:, column], expected, rtol=1e-9, atol=1e-11)


@pytest.mark.parametrize("below", [(), (Activation("tanh"), Dropout(0.2))], ids=["", "below"])
def test_it_ends_at_the_first_layer_with_parameters(below):
    """There by a complex step of its bias."""
    spec, params = made((*below, Dense(6), Activation("tanh"), Dense(3)))
    X, seeds = RNG.normal(size=(4, 5)), RNG.normal(size=(4, 3))
    found = engine.pullback(spec, params, X, seeds)
    for unit in range(6):
        moved = {**params, "b1": params["b1"] + 1e-30j * (np.arange(6) == unit)}
        z = reference.record_forward(spec, moved, X).z[-1]
        np.testing.assert_allclose(found[:, unit], (z.imag / 1e-30 * seeds).sum(axis=1), rtol=1e-10)


def test_it_ends_at_columns_that_have_parameters():
    stem = Columns((Part(2, PeriodicEmbedding(4, 2)), Part(3)))
    spec, params = made((stem, Dense(6), Activation("tanh"), Dense(3)))
    X, seeds = RNG.normal(size=(4, 5)), RNG.normal(size=(4, 3))
    found = engine.pullback(spec, params, X, seeds)
    trace = reference.record_forward(spec, params, X)
    slope = 1.0 - trace.a[1] ** 2
    expected = ((seeds @ params["W2"]) * slope) @ params["W1"]
    np.testing.assert_allclose(found, expected, rtol=1e-10)


def test_threads_and_other_rows_do_not_change_a_bit():
    spec, params = made((Scale(), *BODIES["wide"]))
    params = {name: value.astype(np.float32) for name, value in params.items()}
    X, seeds = RNG.normal(size=(700, 5)), RNG.normal(size=(700, 3))
    one = engine.pullback(spec, params, X, seeds, n_threads=1)
    assert one.dtype == np.float32
    assert one.tobytes() == engine.pullback(spec, params, X, seeds, n_threads=2).tobytes()
    part = engine.pullback(spec, params, X[130:140], seeds[130:140])
    assert one[130:140].tobytes() == part.tobytes()


@pytest.mark.parametrize(
    ("X", "seeds", "words"),
    [
        (np.ones((2, 4)), np.ones((2, 3)), "4 columns"),
        (np.ones((2, 5)), np.ones((3, 3)), "seeds has 3 rows"),
        (np.ones((2, 5)), np.ones((2, 2)), "seeds has 2 columns"),
        (np.ones((2, 5)), np.full((2, 3), np.nan), "seeds holds nan"),
    ],
)
def test_what_does_not_fit_is_named(X, seeds, words):
    spec, params = made((Dense(6), Dense(3)))
    with pytest.raises(DataError, match=words):
        engine.pullback(spec, params, X, seeds)
