"""Residual blocks: out = a + f(a), dense layers inside numbered along."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.gradients import gradients
from chainrule.spec import (
    Activation,
    Dense,
    Dropout,
    LayerNorm,
    Loss,
    NetworkSpec,
    Residual,
    Scale,
    TrainingSpec,
)
from comparing import same_bits
from strategies import random_params, verdict

MISH = Activation("mish", True)
NETWORKS = {
    "first": (Residual((LayerNorm(), Dense(9, "relu"), Dropout(0.2), Dense(6))),),
    "a mask first": (Residual((Dropout(0.3), Dense(8, "tanh"), Dense(6))),),
    "behind a mask": (Dense(5, "relu"), Dropout(0.4), Residual((Dense(7, MISH), Dense(5)))),
    "before the activation": (Dense(20, MISH), Residual((Dense(20, "tanh"),)), Activation("silu")),
    "one in another": (Dense(8), Residual((Dense(8, "tanh"), Residual((Dense(3), Dense(8)))))),
    "of no product": (Dense(4, "gelu"), Residual((Scale(), Dropout(0.5)))),
}


@pytest.mark.parametrize("name", NETWORKS)
@pytest.mark.parametrize("n", [1, 40])
def test_against_the_reference(name: str, n: int) -> None:
    spec = NetworkSpec(6, (*NETWORKS[name], Dense(2)), Loss("squared_error"))
    rng = np.random.default_rng(n)
    params = random_params(rng, spec)
    X, y, weights = rng.normal(size=(n, 6)), rng.normal(size=(n, 2)), rng.uniform(0.1, 2, size=n)
    arguments = (spec, params, X, y, TrainingSpec(l2=0.1))
    options = {"sample_weight": weights, "dropout_epoch": 4}
    _, expected = gradients(*arguments, **options)
    _, grads = engine.gradients(*arguments, **options)
    assert verdict(grads, expected) <= 1e-12


@pytest.mark.parametrize("name", NETWORKS)
def test_threads_change_no_bit(name: str) -> None:
    spec = NetworkSpec(6, (*NETWORKS[name], Dense(3, "softmax")), Loss("cross_entropy"))
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 6)), rng.integers(3, size=300)
    params = engine.initialize(spec, seed=3)
    fits = [
        engine.fit(spec, params, X, y, TrainingSpec(epochs=2, n_threads=k, clip_norm=0.5)).params
        for k in (1, 2, 3)
    ]
    assert same_bits(fits[0], fits[1])
    assert same_bits(fits[0], fits[2])


def test_a_block_of_zeros_hands_its_input_on() -> None:
    rng = np.random.default_rng(2)
    X = rng.normal(size=(9, 4)).astype(np.float32)
    plain = NetworkSpec(4, (Dense(5, "tanh"), Dense(2)), Loss("squared_error"))
    block = Residual((Dense(7, "relu"), Dense(5)))
    spec = NetworkSpec(4, (Dense(5, "tanh"), block, Dense(2)), Loss("squared_error"))
    of_plain = engine.initialize(plain)
    params = engine.initialize(spec) | {"W1": of_plain["W1"], "b1": of_plain["b1"]}
    params |= {"W3": np.zeros_like(params["W3"]), "W4": of_plain["W2"], "b4": of_plain["b2"]}
    expected = engine.predict(plain, of_plain, X)
    np.testing.assert_array_equal(engine.predict(spec, params, X), expected)


@pytest.mark.peers
def test_against_pytorch() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    layers = (Dense(12, "tanh"), Residual((Dense(30, "gelu"), Dense(12))), Dense(3))
    spec = NetworkSpec(7, layers, Loss("squared_error"))
    params = random_params(rng, spec)
    X, y = rng.normal(size=(25, 7)), rng.normal(size=(25, 3))
    t = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in params.items()}
    linear, gelu = torch.nn.functional.linear, torch.nn.functional.gelu
    a = torch.tanh(linear(torch.tensor(X), t["W1"], t["b1"]))
    a = a + linear(gelu(linear(a, t["W2"], t["b2"])), t["W3"], t["b3"])
    out = linear(a, t["W4"], t["b4"])
    loss = 0.5 * ((out - torch.tensor(y)) ** 2).sum(dim=1).mean()
    loss.backward()
    ours, grads = engine.gradients(spec, params, X, y)
    assert ours == pytest.approx(loss.item(), rel=1e-13)
    assert verdict(grads, {name: value.grad.numpy() for name, value in t.items()}) <= 1e-12
