"""Every optimizer has its rule, and the step is the engine's."""

from __future__ import annotations

import math

import pytest

from chainrule.explain.derivation.update import UPDATE_RULES
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import OPTIMIZERS, TrainingSpec


def test_every_optimizer_has_its_rule():
    assert set(UPDATE_RULES) == set(OPTIMIZERS)


def test_the_step_is_the_engines(traced):
    for quantity in ("W2[1,3]", "b1[0]"):
        update = explain(traced, quantity).update
        asked = traced.names.parse(quantity)
        at = (asked.unit,) if asked.source is None else (asked.unit, asked.source)
        assert update[0].note == "clipped"
        assert update[-1].left.value == traced.params_after[asked.tensor][at]


def test_the_update_knows_the_factors_of_a_family(trace):
    eta = {"frequency[0,1]": 1e-4, "scale[2]": 6e-3, "activation_weight1[0]": 1e-3}
    decay = {
        "frequency[0,1]": 0.0,
        "scale[2]": 6e-3 * 0.02 * 36.0,
        "activation_weight1[0]": 1e-3 * 0.02 * 0.01,
    }
    for quantity, rate in eta.items():
        explanation = explain(trace, quantity)
        asked = trace.names.parse(quantity)
        w = float(trace.params[asked.tensor][asked.at])
        g = explanation.value
        expected = w * (1.0 - decay[quantity]) - rate * g / (abs(g) + 1e-8)
        assert explanation.update[-1].left.value == pytest.approx(expected, rel=1e-12)
        assert explanation.update[-1].right[-1].value == pytest.approx(expected, rel=1e-12)
        assert ("weight decay stands in the update" in explanation.to_text(full=True)) == (
            decay[quantity] > 0
        )


# What `MLPClassifier()` and `MLPRegressor()` train with by default.
SCIKIT_LEARN = TrainingSpec(optimizer="adam", epsilon_hat=True, l2=1e-4, penalty_per_batch=True)


@pytest.mark.parametrize("weighted", [False, True])
def test_scikit_learns_step_is_the_engines(traced, weighted):
    trace = StepTrace(
        traced.spec, traced.params, traced.X, traced.y, SCIKIT_LEARN,
        sample_weight=traced.sample_weight if weighted else None,
    )  # fmt: skip
    for _ in range(2):  # the second step starts from moments
        for quantity in ("W1[2,3]", "b3[1]"):
            found = explain(trace, quantity, top=None)
            asked = trace.names.parse(quantity)
            after = trace.params_after[asked.tensor][asked.at]
            assert found.check.ok
            assert found.update[-1].left.value == after
            assert found.update[-1].right[-1].value == pytest.approx(after, rel=1e-14)
            assert found.sections[0].equations[0].right[-1].value == pytest.approx(
                trace.grads[asked.tensor][asked.at], rel=1e-12
            )
            rate = next(e for e in found.update if e.left.kind == "corrected_rate")
            assert "ηₜ = η·√(1 − β₂ᵗ)/(1 − β₁ᵗ)" in found.to_text(full=True)
            t = trace.state_after.n_steps
            assert rate.left.value == pytest.approx(
                1e-3 * math.sqrt(1 - 0.999**t) / (1 - 0.9**t), rel=1e-14
            )
        trace = StepTrace(
            trace.spec, trace.params_after, trace.X, trace.y, SCIKIT_LEARN,
            sample_weight=trace.sample_weight, state=trace.state_after,
        )  # fmt: skip


@pytest.mark.parametrize(("weighted", "size"), [(False, "/n"), (True, "/Σs")])
def test_a_penalty_per_batch_is_divided_by_the_rows_weights(traced, weighted, size):
    trace = StepTrace(
        traced.spec, traced.params, traced.X, traced.y, SCIKIT_LEARN,
        sample_weight=traced.sample_weight if weighted else None,
    )  # fmt: skip
    found = explain(trace, "loss")
    assert found.check.ok
    _, penalty = found.sections[0].equations
    assert penalty.left.value == trace.penalty > 0
    assert penalty.right[-1].value == pytest.approx(trace.penalty, rel=1e-14)
    assert f"λ₂·W1[2,3]{size}" in explain(trace, "W1[2,3]", top=2).to_text(full=True)
