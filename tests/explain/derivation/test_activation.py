"""A parametric activation by hand."""

from __future__ import annotations

import numpy as np

from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import Activation, Dense, Loss, NetworkSpec, TrainingSpec


def test_a_parametric_activation_by_hand():
    """z = -2 and relu: a = z + (0 - z)/4 = -1.5, slope 3/4."""
    spec = NetworkSpec(
        1, (Dense(1, Activation("relu", parametric=True)), Dense(1)), Loss("squared_error")
    )
    one = np.ones((1, 1))
    params = {"W1": one, "b1": np.zeros(1), "activation_weight1": np.array([0.25]), "W2": 3.0 * one,
              "b2": np.zeros(1)}  # fmt: skip
    trace = StepTrace(spec, params, -2.0 * one, -5.5 * one, TrainingSpec(optimizer="sgd"))
    weight = explain(trace, "activation_weight1[0]")
    assert weight.value == 1.0 * 3.0 * (0.0 + 2.0)  # delta w (sigma(z) - z)
    assert "∂L/∂activation_weight1[0] = ∂ℓ/∂a1[0]·(σ(z1[0]) − z1[0])" in weight.to_text(full=True)
    assert explain(trace, "a1[0]").value == -1.5
    delta = explain(trace, "delta1[0]")
    assert delta.value == 3.0 * 0.75
    assert "a′(z1[0]) = 1 + activation_weight1[0]·(σ′(z1[0]) − 1)" in delta.to_text(full=True)
    assert explain(trace, "W1[0,0]").paths.shown[0].value == -2.0 * 0.75 * 3.0 * 1.0
