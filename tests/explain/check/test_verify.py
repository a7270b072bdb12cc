"""check_gradients passes the engine, and catches faults of a backward pass."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.explain.check import verify
from chainrule.explain.check.verify import check_gradients
from chainrule.reference.forward import forward
from chainrule.spec import (
    Dense,
    Loss,
    NetworkSpec,
    TrainingSpec,
)
from strategies import random_problem


def check(problem, params=None, **options):
    return check_gradients(
        problem.spec, params or problem.params, problem.X, problem.y, problem.training,
        sample_weight=problem.sample_weight, dropout_epoch=problem.dropout_epoch, **options,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(0, 407, 23))
def test_the_engine_passes_in_float64(seed):
    report = check(random_problem(seed))
    assert report.ok, str(report)
    assert report.n_checked == report.n_parameters


@pytest.mark.parametrize("seed", range(5, 407, 31))
def test_the_engine_passes_in_float32(seed):
    problem = random_problem(seed)
    report = check(problem, {n: w.astype(np.float32) for n, w in problem.params.items()})
    assert report.ok, str(report)
    assert {entry.method for entry in report.tensors[0].entries} >= {"float32", "complex step"}


def test_chosen_tensors_and_unknown_ones(problem):
    report = check_gradients(*problem, parameters=["W2", "b3"])
    assert {tensor.name for tensor in report.tensors} == {"W2", "b3"}
    with pytest.raises(SpecError, match="W9"):
        check_gradients(*problem, parameters="W9")


def test_large_networks_are_sampled_with_a_printed_seed():
    spec = NetworkSpec(50, (Dense(150, "silu"), Dense(60, "silu"), Dense(1)), Loss("squared_error"))
    rng = np.random.default_rng(1)
    params = engine.initialize(spec, seed=0, dtype="float64")
    X, y = rng.standard_normal((9, 50)), rng.standard_normal(9)
    report = check_gradients(spec, params, X, y, seed=5)
    assert report.ok
    assert report.n_checked == 500 + 150 + 500 + 60 + 60 + 1
    assert "seed 5" in str(report)


def test_a_network_that_has_converged_passes():
    # All terms of the gradient cancel, so that it is rounding noise beside them.
    rng = np.random.default_rng(2)
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, seed=1, dtype="float64")
    X = rng.standard_normal((20, 3))
    y = engine.predict(spec, params, X)
    assert check_gradients(spec, params, X, y).ok
    assert check_gradients(spec, params, X, y + 1e-9).ok


def backward(problem, fault):
    """A backward pass of the `problem` network, with one named fault."""
    spec, params, X, y = problem
    n = len(X)
    z, a = forward(spec, params, X)
    target = np.eye(3)[y]
    weight = np.full((n, 1), 1.0 / n)
    if fault == "lost 1/n":
        weight = np.ones((n, 1))
    if fault == "n - 1 for n":
        weight = np.full((n, 1), 1.0 / (n - 1))
    if fault == "tail row dropped":
        weight[-1] = 0.0
    if fault == "first row dropped":
        weight[0] = 0.0

    def slope(l):
        at = a[l] if fault == "slope at a" else z[l]
        if l == 1:
            if fault == "slope of sigmoid for tanh":
                s = 1.0 / (1.0 + np.exp(-at))
                return s * (1.0 - s)
            if fault == "1 - tanh":
                return 1.0 - np.tanh(at)
            return 1.0 - np.tanh(at) ** 2
        from chainrule.reference.activations import normal_cdf, normal_density

        if fault == "gelu slope without its second term":
            return normal_cdf(at)
        return normal_cdf(at) + at * normal_density(at)

    delta = {3: a[3] - target}
    if fault == "y - a":
        delta[3] = -delta[3]
    if fault == "softmax slope twice":
        delta[3] = delta[3] * a[3] * (1.0 - a[3])
    if fault == "one class off":
        delta[3] = a[3] - np.roll(target, 1, axis=1)
    for l in (2, 1):
        W = params[f"W{l + 1}"]
        if fault == "weights of the wrong layer's start":
            W = W * (1.0 + 1e-6)
        if fault == "last unit dropped":
            W = W.copy()
            W[-1] = 0.0
        delta[l] = (delta[l + 1] @ W) * slope(l)
        if fault == "no slope":
            delta[l] = delta[l + 1] @ W
    grads = {}
    for l in (1, 2, 3):
        below = a[l - 1]
        if fault == "z for a" and l > 1:
            below = z[l - 1]
        if fault == "delta and a swapped" and l == 2:
            below = np.roll(below, 1, axis=1)
        grads[f"W{l}"] = (weight * delta[l]).T @ below
        grads[f"b{l}"] = (weight * delta[l]).sum(axis=0)
        if fault == "bias of the first row":
            grads[f"b{l}"] = weight[0] * delta[l][0]
        if fault == "bias summed over units":
            grads[f"b{l}"] = np.full_like(grads[f"b{l}"], grads[f"b{l}"].sum())
        if fault == "missing bias":
            grads[f"b{l}"] = np.zeros_like(grads[f"b{l}"])
        if fault == "last column zero":
            grads[f"W{l}"][:, -1] = 0.0
        if fault == "one element 1e-7 off" and l == 2:
            grads["W2"][3, 4] += 1e-7
        if fault == "half precision":
            grads[f"W{l}"] = grads[f"W{l}"].astype(np.float32).astype(float)
        if fault == "missing transpose" and l == 2:
            grads["W2"] = np.resize(grads["W2"].T, grads["W2"].shape)
        if fault != "no penalty":
            grads[f"W{l}"] = grads[f"W{l}"] + 0.1 * params[f"W{l}"] * (
                2.0 if fault == "penalty without its half" else 1.0
            )
        if fault == "penalty on biases":
            grads[f"b{l}"] = grads[f"b{l}"] + 0.1 * params[f"b{l}"]
    return grads


FAULTS = [
    "lost 1/n", "n - 1 for n", "tail row dropped", "first row dropped", "slope at a",
    "slope of sigmoid for tanh", "1 - tanh", "gelu slope without its second term", "y - a",
    "softmax slope twice", "one class off", "weights of the wrong layer's start",
    "last unit dropped", "no slope", "z for a", "delta and a swapped", "bias of the first row",
    "bias summed over units", "missing bias", "last column zero", "one element 1e-7 off",
    "half precision", "missing transpose", "no penalty", "penalty without its half",
    "penalty on biases",
]  # fmt: skip


@pytest.mark.parametrize("fault", ["", *FAULTS])
def test_seeded_faults_are_caught(problem, monkeypatch, fault):
    loss = engine.loss(*problem, TrainingSpec(l2=0.1))

    def faulty(*_, **__):
        return loss, backward(problem, fault)

    monkeypatch.setattr(verify.engine, "gradients", faulty)
    report = check_gradients(*problem, TrainingSpec(l2=0.1))
    assert report.ok == (fault == ""), str(report)
    if fault == "one element 1e-7 off":
        assert report.name_of(report.worst) == "W2[3,4]"
    if fault:
        assert "WRONG: gradients" in str(report)


# The same slips in one layer only, where a check of the first or last layer would not look.
SLIPS = {
    "transposed": lambda g, l: {f"W{l}": np.resize(g[f"W{l}"].T, g[f"W{l}"].shape)},
    "columns moved by one": lambda g, l: {f"W{l}": np.roll(g[f"W{l}"], 1, axis=1)},
    "units moved by one": lambda g, l: {f"W{l}": np.roll(g[f"W{l}"], 1, axis=0)},
    "sign": lambda g, l: {f"W{l}": -g[f"W{l}"]},
    "doubled": lambda g, l: {f"W{l}": 2.0 * g[f"W{l}"]},
    "accumulated twice": lambda g, l: {f"b{l}": 2.0 * g[f"b{l}"]},
    "stale": lambda g, l: {f"W{l}": np.zeros_like(g[f"W{l}"])},
    "last unit forgotten": lambda g, l: {
        f"W{l}": np.vstack([g[f"W{l}"][:-1], 0 * g[f"W{l}"][-1:]])
    },
    "bias units reversed": lambda g, l: {f"b{l}": g[f"b{l}"][::-1].copy()},
    "bias without its last unit": lambda g, l: {f"b{l}": np.append(g[f"b{l}"][:-1], 0.0)},
    "scaled by 1 + 1e-8": lambda g, l: {f"W{l}": g[f"W{l}"] * (1.0 + 1e-8)},
    "NaN": lambda g, l: {f"b{l}": g[f"b{l}"] * np.nan},
}


@pytest.mark.parametrize("layer", [1, 2, 3])
@pytest.mark.parametrize("slip", SLIPS)
def test_slips_of_one_layer_are_caught(problem, monkeypatch, slip, layer):
    loss, grads = engine.gradients(*problem)
    wrong = {**grads, **SLIPS[slip](grads, layer)}
    monkeypatch.setattr(verify.engine, "gradients", lambda *_, **__: (loss, wrong))
    report = check_gradients(*problem)
    assert not report.ok
    assert report.worst.tensor[1:] == str(layer)


def test_at_least_sixty_faults_are_seeded():
    assert len(FAULTS) + 3 * len(SLIPS) >= 60


def test_gradients_are_checked_in_both_number_types(trace):
    arguments = (trace.spec, engine.initialize(trace.spec, seed=1), trace.X, trace.y)
    report = check_gradients(*arguments, trace.training, names=trace.names)
    assert report.ok and report.n_checked == trace.spec.n_parameters, str(report)
    assert {tensor.name for tensor in report.tensors} == set(trace.spec.parameter_shapes)
    assert check_gradients(*arguments, parameters=["scale", "activation_weight2"]).ok
