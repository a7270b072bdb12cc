"""A scale by hand, before layer 1 and between two layers."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import Dense, Loss, NetworkSpec, Scale, TrainingSpec

ONE = np.ones((1, 1))


@pytest.mark.parametrize(
    ("layers", "line"),
    [
        ((Scale(), Dense(1)), "∂L/∂scale[0] = ∂ℓ/∂a0[0]·x[0]"),
        ((Dense(1), Scale(), Dense(1)), "∂L/∂scale1[0] = ∂ℓ/∂a1[0]·z1[0]"),
    ],
)
def test_the_gradient_of_a_factor(layers, line):
    """2 * 5 = 10, or with weights of 1 the same; delta = 4, so that dl/dscale = 4 * 5."""
    spec = NetworkSpec(1, layers, Loss("squared_error"))
    params = {
        name: np.full(shape, 2.0 if "scale" in name else 1.0 if name[0] == "W" else 0.0)
        for name, shape in spec.parameter_shapes.items()
    }
    trace = StepTrace(spec, params, 5.0 * ONE, 6.0 * ONE, TrainingSpec(optimizer="sgd"))
    name = next(name for name in params if "scale" in name)
    explanation = explain(trace, f"{name}[0]")
    assert explanation.value == 4.0 * 5.0
    assert line in explanation.to_text(full=True)
    if len(layers) == 3:
        assert "δ1[0] = scale1[0]·∂ℓ/∂a1[0]" in explain(trace, "delta1[0]").to_text(full=True)
        assert explain(trace, "W1[0,0]").paths.shown[0].value == 5.0 * 2.0 * 4.0
