"""Every optimizer has its rule, and the step is the engine's."""

from __future__ import annotations

import pytest

from chainrule.explain.derivation.update import UPDATE_RULES
from chainrule.explain.explain import explain
from chainrule.spec import OPTIMIZERS


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
        assert ("weight decay stands in the update" in explanation.to_text()) == (
            decay[quantity] > 0
        )
