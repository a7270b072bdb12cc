"""Layer normalisation against the reference, PyTorch and its own law."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.gradients import gradients
from chainrule.spec import Activation, Dense, Dropout, LayerNorm, Loss, NetworkSpec, TrainingSpec
from strategies import random_params, verdict

BETWEEN = (Dense(37), LayerNorm(), Activation("gelu"), Dropout(0.3), Dense(5, "tanh"), LayerNorm())


@pytest.mark.parametrize("n", [1, 7, 40])
@pytest.mark.parametrize("layers", [BETWEEN, (LayerNorm(0.1), Dense(3, "relu"))])
def test_against_the_reference(layers, n: int) -> None:
    spec = NetworkSpec(6, (*layers, Dense(2)), Loss("squared_error"))
    rng = np.random.default_rng(n)
    params = random_params(rng, spec)
    X, y, weights = rng.normal(size=(n, 6)), rng.normal(size=(n, 2)), rng.uniform(0.1, 2, size=n)
    arguments = (spec, params, X, y, TrainingSpec(l2=0.1))
    options = {"sample_weight": weights, "dropout_epoch": 4}
    _, expected = gradients(*arguments, **options)
    _, grads = engine.gradients(*arguments, **options)
    assert verdict(grads, expected) <= 1e-12


def test_a_row_is_brought_to_mean_0_and_variance_1() -> None:
    spec = NetworkSpec(50, (LayerNorm(1e-12), Dense(50)), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    params["W1"] = np.eye(50)
    X = np.random.default_rng(0).normal(3.0, 7.0, size=(9, 50))
    rows = engine.predict(spec, params, X)
    np.testing.assert_allclose(rows.mean(axis=1), 0.0, atol=1e-14)
    np.testing.assert_allclose(rows.var(axis=1), 1.0, rtol=1e-12)


@pytest.mark.parametrize(("dtype", "bound"), [("float32", 2e-6), ("float64", 1e-14)])
def test_a_trace_shows_the_deviations_and_what_they_divided(dtype: str, bound: float) -> None:
    spec = NetworkSpec(6, (LayerNorm(0.1), Dense(2)), Loss("squared_error"))
    X = np.random.default_rng(0).normal(size=(5, 6)).astype(dtype)
    shown = engine.trace(spec, engine.initialize(spec, dtype=dtype), X, np.zeros((5, 2)))
    deviation = np.sqrt(X.astype(float).var(axis=1, keepdims=True) + 0.1)
    normalized = (X - X.mean(axis=1, keepdims=True, dtype=float)) / deviation
    of_norm = shown.layers[0].shown
    np.testing.assert_allclose(of_norm["deviation"], deviation, rtol=bound)
    np.testing.assert_allclose(of_norm["normalized"], normalized, rtol=bound, atol=bound)


def test_a_constant_row_becomes_the_bias() -> None:
    spec = NetworkSpec(3, (LayerNorm(), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    params["norm_bias"] = np.array([1.0, 2.0, 3.0])
    params["W1"], params["b1"] = np.array([[1.0, 10.0, 100.0]]), np.zeros(1)
    predicted = engine.predict(spec, params, np.full((2, 3), 4.25))
    np.testing.assert_array_equal(predicted, [[321.0], [321.0]])


@pytest.mark.peers
def test_against_pytorch() -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(1)
    layers = (Dense(33), LayerNorm(), Activation("gelu"), Dense(20), LayerNorm(), Dense(3))
    spec = NetworkSpec(7, layers, Loss("squared_error"))
    params = random_params(rng, spec)
    X, y = rng.normal(size=(25, 7)), rng.normal(size=(25, 3))
    t = {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in params.items()}
    norm, linear = torch.nn.functional.layer_norm, torch.nn.functional.linear
    a = linear(torch.tensor(X), t["W1"], t["b1"])
    a = torch.nn.functional.gelu(norm(a, (33,), t["norm_gain1"], t["norm_bias1"]))
    a = norm(linear(a, t["W2"], t["b2"]), (20,), t["norm_gain2"], t["norm_bias2"])
    out = linear(a, t["W3"], t["b3"])
    loss = 0.5 * ((out - torch.tensor(y)) ** 2).sum(dim=1).mean()
    loss.backward()
    ours, grads = engine.gradients(spec, params, X, y)
    assert ours == pytest.approx(loss.item(), rel=1e-13)
    assert verdict(grads, {name: value.grad.numpy() for name, value in t.items()}) <= 1e-12
