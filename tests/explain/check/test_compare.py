"""One tensor beside another: what is set aside, looked at again, or too small to be seen."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.check.compare import compare
from chainrule.explain.check.verify import check_gradients
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

PLACES = np.arange(3)


def entry(g, reference, bound, **options):
    arrays = (np.asarray(x, float) for x in (g, reference, bound))
    return compare("W1", "complex step", *arrays, PLACES, **options)


def test_the_worst_element_is_the_one_furthest_beyond_its_own_bound():
    found = entry([1.0, 2.0, 1e-9], [1.0, 2.0 + 1e-12, 2e-9], [1e-15, 1e-11, 1e-20])
    assert (found.place, found.verdict) == (2, "wrong")
    assert found.error == pytest.approx(0.5e-9)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_is_wrong(bad):
    assert entry([1.0, bad, 1.0], np.ones(3), np.ones(3)).verdict == "wrong"
    assert entry(np.ones(3), [1.0, bad, 1.0], np.ones(3)).verdict == "wrong"


def test_gradients_below_their_bounds_are_too_small():
    assert entry([1e-9, 0, 0], [1e-9, 0, 0], np.full(3, 1e-8)).verdict == "too small"
    assert entry([1e-9, 0, 1.0], [1e-9, 0, 1.0], np.full(3, 1e-8)).verdict == "ok"
    assert entry(np.zeros(3), np.zeros(3), np.full(3, 1e-8)).verdict == "ok"  # exactly 0


def test_a_second_look_sets_kinks_aside_and_widens_bounds():
    looks = {0: None, 1: 0.5}
    found = entry([1.0, 2.0, 3.0], [9.0, 2.4, 3.0], np.full(3, 1e-9), look=looks.get)
    assert (found.verdict, found.n_kinks) == ("ok", 1)
    found = entry([1.0, 2.0, 3.0], [9.0, 2.6, 3.0], np.full(3, 1e-9), look=looks.get)
    assert (found.verdict, found.place) == ("wrong", 1)


def test_weights_at_the_kink_of_l1_are_set_aside():
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    params["W1"][0] = 0.0
    params["W1"][1, 1] = 1e-7
    X = np.random.default_rng(0).standard_normal((6, 3))
    report = check_gradients(spec, params, X, np.ones(6), TrainingSpec(l1=0.1))
    assert report.verdict == "ok", str(report)
    assert report.n_kinks >= 4
    trace = StepTrace(spec, params, X, np.ones(6), TrainingSpec(l1=0.1))
    for quantity, method in (
        ("W1[1,1]", "central"),
        ("W1[0,1]", "central"),
        ("W1[0,1]", "complex"),
    ):
        check = explain(trace, quantity, check=method).check
        assert check.verdict == "kink"
        assert check.right_slope - check.left_slope == pytest.approx(0.2, rel=0.1)


@pytest.mark.parametrize("tensor", ["W1", "b1"])
def test_a_small_fault_below_wide_scaled_layers_is_caught(monkeypatch, tensor):
    """The factor 1 / sqrt(n) keeps such gradients small."""
    layers = (*(Dense(32, "tanh", ntk=True) for _ in range(4)), Dense(1, ntk=True))
    spec = NetworkSpec(5, layers, Loss("squared_error"))
    params = engine.initialize(spec, seed=1, dtype="float64")
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((9, 5)), rng.standard_normal(9)
    assert check_gradients(spec, params, X, y, parameters=tensor).verdict == "ok"
    loss, grads = engine.gradients(spec, params, X, y)
    grads[tensor] *= 1.0 + 1e-10
    monkeypatch.setattr(engine, "gradients", lambda *_, **__: (loss, grads))
    assert not check_gradients(spec, params, X, y, parameters=tensor).ok
