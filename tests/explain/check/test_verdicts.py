"""What an explanation says of its equations, its update and the step of fit."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec


def verdicts(explanation):
    return {v.subject: v.verdict for v in explanation.verdicts}


def test_a_gradient_has_three_verdicts_of_its_own(traced):
    found = explain(traced, "W2[3,4]")
    assert verdicts(found) == {"equations": "ok", "update": "ok", "step of fit": "ok"}
    assert "equations, update, step of fit: ok" in str(found)
    assert verdicts(explain(traced, "delta1[3]")) == {"equations": "ok"}
    assert not explain(traced, "W2[3,4]", check="none").verdicts


@pytest.mark.parametrize("factor", [2.0, -1.0, 1.0 + 1e-9])
def test_a_gradient_that_its_factors_do_not_give_is_wrong(traced, factor):
    traced.recorded.grads["W2"] *= factor
    found = explain(traced, "W2[3,4]")
    assert verdicts(found)["equations"] == verdicts(found)["update"] == "wrong"


def test_an_update_that_goes_twice_as_far_is_wrong(traced):
    before, after = traced.recorded.params_before, traced.recorded.params_after
    for name in after:
        after[name][:] = 2 * after[name] - before[name]
    found = explain(traced, "W2[3,4]")
    assert verdicts(found)["equations"] == "ok"
    assert verdicts(found)["update"] == "wrong"
    assert "WRONG" in str(found)


def deep():
    layers = (*(Dense(6, "sigmoid") for _ in range(20)), Dense(1))
    spec = NetworkSpec(3, layers, Loss("squared_error"))
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((8, 3)), rng.standard_normal(8)
    params = engine.initialize(spec, seed=0, dtype="float64")
    return StepTrace(spec, params, X, y, TrainingSpec(optimizer="sgd"))


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0])
def test_the_complex_step_answers_where_a_central_difference_cannot(factor):
    trace = deep()
    trace.recorded.grads["W1"] *= factor
    check = explain(trace, "W1[0,1]").check
    assert check.method == "complex step"
    assert check.verdict == ("ok" if factor == 1.0 else "wrong")
    if factor == 1.0:
        assert "too small for a central difference" in check.outcome


def test_what_no_way_can_see_is_too_small():
    trace = deep()
    prediction = np.nextafter(trace.a[-1], np.inf)
    converged = StepTrace(trace.spec, trace.params, trace.X, prediction)
    for method in ("central", "complex"):
        check = explain(converged, "b21[0]", check=method).check
        assert check.verdict == "too small"
        assert "ok" not in check.outcome
