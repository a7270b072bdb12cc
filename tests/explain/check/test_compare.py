"""The scale of a comparison: what is set aside, and what is not lost in rounding."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.check.compare import rounding_scale
from chainrule.explain.check.verify import check_gradients
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import KINDS, Dense, Loss, NetworkSpec, TrainingSpec
from kinds import examples, network_with
from strategies import random_params, random_rows


def test_weights_at_the_kink_of_l1_are_set_aside():
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    params["W1"][0] = 0.0
    params["W1"][1, 1] = 1e-7
    X = np.random.default_rng(0).standard_normal((6, 3))
    report = check_gradients(spec, params, X, np.ones(6), TrainingSpec(l1=0.1))
    assert report.ok, str(report)
    assert report.n_kinks >= 4
    trace = StepTrace(spec, params, X, np.ones(6), TrainingSpec(l1=0.1))
    assert explain(trace, "W1[1,1]").check.verdict == "kink"
    assert explain(trace, "W1[0,1]").check.ok
    assert explain(trace, "W1[0,1]", check="complex").check.ok


@pytest.mark.parametrize("tensor", ["W1", "b1"])
def test_a_small_fault_below_wide_scaled_layers_is_caught(monkeypatch, tensor):
    """The rounding floor knows the factor 1 / sqrt(n) that keeps such gradients small."""
    layers = (*(Dense(128, "tanh", ntk=True) for _ in range(4)), Dense(1, ntk=True))
    spec = NetworkSpec(5, layers, Loss("squared_error"))
    params = engine.initialize(spec, seed=1, dtype="float64")
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 5)), rng.standard_normal(9)
    assert check_gradients(spec, params, X, y, parameters=tensor).ok
    loss, grads = engine.gradients(spec, params, X, y)
    grads[tensor] *= 1.0 + 1e-8
    monkeypatch.setattr(engine, "gradients", lambda *_, **__: (loss, grads))
    assert not check_gradients(spec, params, X, y, parameters=tensor).ok


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"dropout"}))  # masks are left out
def test_the_absolute_terms_of_every_kind_are_no_smaller_than_its_gradients(kind):
    for layer in examples(kind):
        spec = network_with(layer)
        rng = np.random.default_rng(3)
        params, X = random_params(rng, spec), random_rows(rng, spec, 7)
        y = rng.standard_normal((7, 2))
        training = TrainingSpec(l1=0.01, l2=0.1)
        trace = engine.trace(spec, params, X, y, training)
        sizes = rounding_scale(trace, y, None, training)
        assert sizes.keys() == params.keys()
        for name, g in trace.grads.items():
            assert np.abs(g).max() <= sizes[name] * (1.0 + 1e-12), name
