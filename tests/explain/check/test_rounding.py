"""The bound of each element: no rounding exceeds it, and it is not much more than rounding."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.check.rounding import sensitivity
from chainrule.explain.check.verify import check_gradients
from chainrule.reference.gradients import complex_step, frozen_masks
from chainrule.spec import KINDS, Dense, Loss, NetworkSpec, TrainingSpec
from kinds import examples, network_with
from on_zeros import problem_on_zeros
from strategies import Problem, random_params, random_problem, random_rows


def shaken(problem, dtype=np.float64):
    masks = frozen_masks(problem.spec, len(problem.X), problem.training, problem.dropout_epoch)
    return sensitivity(
        problem.spec, problem.params, problem.X, problem.y, problem.training,
        sample_weight=problem.sample_weight, masks=masks, dtype=dtype,
    )  # fmt: skip


def assert_within(problem):
    """Both gradients are right to their bounds, which leave ten digits of each tensor."""
    arguments = problem.spec, problem.params, problem.X, problem.y, problem.training
    _, grads = engine.gradients(*arguments, **problem.options)
    exact, bounds = complex_step(*arguments, **problem.options), shaken(problem)
    for name, g in grads.items():
        bound = bounds.of(name, np.float64)
        assert (np.abs(g - exact[name]).reshape(-1) <= bound).all(), name
        largest = np.abs(exact[name]).max()
        assert bound.max() < 1e-10 * largest or largest < 1e-9, name


@pytest.mark.parametrize("seed", range(0, 407, 29))
def test_no_rounding_exceeds_its_bound(seed):
    assert_within(random_problem(seed))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_layer_is_shaken(kind):
    for layer in examples(kind):
        spec = network_with(layer)
        rng = np.random.default_rng(3)
        params, X = random_params(rng, spec), random_rows(rng, spec, 7)
        epoch = 0 if any(spec.dropout_rates) else None
        training = TrainingSpec(l1=0.01, l2=0.1)
        assert_within(
            Problem(spec, params, X, rng.standard_normal((7, 2)), training, dropout_epoch=epoch)
        )


@pytest.mark.parametrize("seed", range(0, 60, 12))
def test_float32_stays_within_the_bound_of_float32(seed):
    problem = random_problem(seed)
    single = {name: w.astype(np.float32) for name, w in problem.params.items()}
    problem.params = {name: w.astype(np.float64) for name, w in single.items()}
    problem.X = problem.X.astype(np.float32).astype(np.float64)
    if problem.y.dtype.kind == "f":
        problem.y = problem.y.astype(np.float32).astype(np.float64)
    if problem.sample_weight is not None:
        problem.sample_weight = problem.sample_weight.astype(np.float32).astype(np.float64)
    rest = problem.X, problem.y, problem.training
    _, low = engine.gradients(problem.spec, single, *rest, **problem.options)
    _, full = engine.gradients(problem.spec, problem.params, *rest, **problem.options)
    bounds = shaken(problem, np.float32)
    for name, g in full.items():
        assert (np.abs(g - low[name]).reshape(-1) <= bounds.of(name, np.float32)).all(), name


def deep(activation, n_layers=20):
    layers = (*(Dense(6, activation) for _ in range(n_layers)), Dense(1))
    spec = NetworkSpec(3, layers, Loss("squared_error"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    rng = np.random.default_rng(0)
    return spec, params, rng.standard_normal((8, 3)), rng.standard_normal(8)


@pytest.mark.parametrize("factor", [2.0, -1.0, 0.0, 1.0 + 1e-8])
def test_below_twenty_sigmoid_layers_a_wrong_gradient_is_wrong(monkeypatch, factor):
    problem = deep("sigmoid")
    report = check_gradients(*problem)
    assert report.verdict == "ok"
    loss, grads = engine.gradients(*problem)
    assert np.abs(grads["W1"]).max() < 1e-13 * np.abs(grads["W21"]).max()
    grads["W1"] = factor * grads["W1"]
    monkeypatch.setattr(engine, "gradients", lambda *_, **__: (loss, grads))
    report = check_gradients(*problem)
    assert report.verdict == "wrong"
    assert report.worst.tensor == "W1"


def test_what_nothing_reaches_is_exactly_zero():
    spec, params, X, y = deep("relu", 2)
    params["b2"][:] = -1e3  # no row wakes a unit
    found = sensitivity(spec, params, X, y, TrainingSpec())
    assert found.grads["W1"].max() < 1e-280
    assert check_gradients(spec, params, X, y).verdict == "ok"


def test_a_converged_network_is_too_small_to_be_checked():
    """All terms of a gradient cancel: it is rounding itself."""
    spec, params, X, _ = deep("tanh", 1)
    prediction = engine.predict(spec, params, X)
    report = check_gradients(spec, params, X, np.nextafter(prediction, np.inf))
    assert report.verdict == "too small"
    assert report.ok
    assert "too small to be checked" in str(report).splitlines()[-1]
    assert check_gradients(spec, params, X, prediction + 1e-9).verdict == "ok"


@pytest.mark.slow
@pytest.mark.parametrize("start", range(0, 407, 37))
def test_no_rounding_exceeds_its_bound_on_many_networks(start):
    for seed in range(start, start + 37):
        problem = problem_on_zeros(seed)
        arguments = problem.spec, problem.params, problem.X, problem.y, problem.training
        _, grads = engine.gradients(*arguments, **problem.options)
        exact, bounds = complex_step(*arguments, **problem.options), shaken(problem)
        for name, g in grads.items():
            bound = bounds.of(name, np.float64)
            assert (np.abs(g - exact[name]).reshape(-1) <= bound).all(), (seed, name)
