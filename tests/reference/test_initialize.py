"""Initial weights: their size, their shape of distribution, and the first of them by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule.reference.initialize import initialize
from chainrule.reference.random import words
from chainrule.spec import (
    INITIALIZATIONS,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
)

SPEC = NetworkSpec(300, (Dense(200, "relu"), Dense(100)), Loss("squared_error"))
VARIANCE = {
    "glorot_uniform": 2 / 500,
    "glorot_normal": 2 / 500,
    "he_uniform": 2 / 300,
    "he_normal": 2 / 300,
    "lecun_uniform": 1 / 300,
    "lecun_normal": 1 / 300,
    "ntk": 1.0,
    "zeros": 0.0,
}


def test_every_initialization_of_the_closed_set_is_known() -> None:
    assert set(VARIANCE) == set(INITIALIZATIONS)


@pytest.mark.parametrize("init", INITIALIZATIONS)
def test_shapes_variance_and_zero_biases(init: str) -> None:
    params = initialize(SPEC, init, seed=5)
    assert {name: w.shape for name, w in params.items()} == SPEC.parameter_shapes
    W = params["W1"]
    assert W.var() == pytest.approx(VARIANCE[init], rel=0.02)
    assert abs(W.mean()) <= 4.0 * math.sqrt(VARIANCE[init] / W.size)
    assert not params["b1"].any() and not params["b2"].any()


@pytest.mark.parametrize("init", ["glorot_uniform", "he_uniform", "lecun_uniform"])
def test_uniform_weights_fill_their_interval(init: str) -> None:
    W = initialize(SPEC, init)["W1"]
    limit = math.sqrt(3.0 * VARIANCE[init])
    assert 0.999 * limit < np.abs(W).max() <= limit


def test_normal_weights_have_normal_tails() -> None:
    W = initialize(SPEC, "ntk")["W1"]
    for distance, share in ((1.0, 0.3173), (2.0, 0.0455), (3.0, 0.0027)):
        assert (np.abs(W) > distance).mean() == pytest.approx(share, rel=0.1)


def test_one_weight_by_hand() -> None:
    seed, j, i = 77, 3, 11
    w0, w1, w2, w3 = words(seed, "init", np.array(i), np.array(j), 1, 0).tolist()
    u1 = ((w0 >> 5) * 2**26 + (w1 >> 6)) / 2**53
    u2 = ((w2 >> 5) * 2**26 + (w3 >> 6)) / 2**53
    uniform = math.sqrt(6 / 500) * (2 * u1 - 1)
    normal = math.sqrt(2 / 300) * math.sqrt(-2 * math.log(1 - u1)) * math.cos(2 * math.pi * u2)
    found = [initialize(SPEC, init, seed)["W1"][j, i] for init in ("glorot_uniform", "he_normal")]
    assert found == pytest.approx([uniform, normal], rel=1e-12)


def test_seeds_and_layers_differ() -> None:
    square = NetworkSpec(9, (Dense(9), Dense(9)), Loss("squared_error"))
    params = initialize(square, "glorot_uniform", seed=1)
    assert not np.isclose(params["W1"], params["W2"]).any()
    assert not np.isclose(params["W1"], initialize(square, "glorot_uniform", seed=2)["W1"]).any()


EMBEDDED = NetworkSpec(
    500,
    (
        Columns(((400, PeriodicEmbedding(16, 3)), (99, None), (1, CategoryEmbedding((9000,), 4)))),
        Scale(),
        Dense(3, Activation("mish", True)),
        Dense(1),
    ),
    Loss("squared_error"),
)


@pytest.mark.parametrize("init", ["ntk", "zeros"])
def test_embeddings_start_their_own_way_whatever_the_weights_do(init: str) -> None:
    params = initialize(EMBEDDED, init, seed=2)
    assert {name: w.shape for name, w in params.items()} == EMBEDDED.parameter_shapes
    assert (params["scale"] == 1.0).all() and (params["activation_weight1"] == 1.0).all()
    deviations = {
        "frequency": 0.1,
        "phase": math.pi / math.sqrt(3.0),
        "weight": 0.25 / math.sqrt(3.0),
        "bias": 0.25 / math.sqrt(3.0),
        "embedding": 1.0,
    }
    for name, deviation in deviations.items():
        w = params[name]
        assert w.std() == pytest.approx(deviation, rel=0.04), name
        assert abs(w.mean()) < 4.0 * deviation / math.sqrt(w.size), name
    for name, limit in {"phase": math.pi, "weight": 0.25, "bias": 0.25}.items():
        assert 0.99 * limit < np.abs(params[name]).max() <= limit
    assert (np.abs(params["frequency"]) > 0.3).any() and (np.abs(params["embedding"]) > 3.0).any()


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("frequency", 0x8001),
        ("phase", 0x8002),
        ("weight", 0x8003),
        ("bias", 0x8004),
        ("embedding", 0x8005),
    ],
)
def test_one_number_of_an_embedding_by_hand(name: str, word: int) -> None:
    seed, row, column = 77, 5, 2
    w0, w1, w2, w3 = words(seed, "init", np.array(column), np.array(row), word, 0).tolist()
    u1 = ((w0 >> 5) * 2**26 + (w1 >> 6)) / 2**53
    u2 = ((w2 >> 5) * 2**26 + (w3 >> 6)) / 2**53
    normal = math.sqrt(-2 * math.log(1 - u1)) * math.cos(2 * math.pi * u2)
    expected = {"frequency": 0.1 * normal, "embedding": normal, "phase": math.pi * (2 * u1 - 1)}
    found = initialize(EMBEDDED, "ntk", seed)[name][row, column]
    assert found == pytest.approx(expected.get(name, 0.25 * (2 * u1 - 1)), rel=1e-12)
