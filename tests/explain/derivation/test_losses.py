"""Every loss has its rule, and a fused output is shown as a cancellation."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.derivation.losses import LOSS_RULES
from chainrule.explain.explain import explain
from chainrule.explain.render.text import TextWriter
from chainrule.explain.trace import StepTrace
from chainrule.spec import (
    LOSSES,
    Dense,
    Loss,
    NetworkSpec,
)


def test_every_loss_has_its_rule():
    assert set(LOSS_RULES) == set(LOSSES)


@pytest.mark.parametrize(
    ("loss", "output", "y"),
    [("binary_cross_entropy", "sigmoid", 1.0), ("poisson", "exp", 2.0)],
)
def test_a_fused_output_is_shown_as_the_cancellation_it_is(loss, output, y):
    spec = NetworkSpec(2, (Dense(1, output),), Loss(loss))
    trace = StepTrace(
        spec, engine.initialize(spec, dtype="float64"), np.ones((1, 2)), np.array([y])
    )
    equation = explain(trace, "delta1[0]").sections[0].equations[0]
    assert "~·~" in TextWriter(4, True).node(equation.right[0], False)
    assert "cancels" in equation.note
    assert equation.left.value == pytest.approx(float(trace.a[1][0, 0]) - y)


def test_softmax_collapses_to_a_minus_y(traced):
    equation = explain(traced, "delta3[1]", row=0).sections[0].equations[0]
    true_class = int(traced.y[0])
    assert true_class != 1
    written = TextWriter(4, False).node(equation.right[0], False)
    assert written == f"-1/~a3[{true_class}]~*(-~a3[{true_class}]~*a3[1])"
    for form in equation.right:
        assert form.value == pytest.approx(equation.left.value, rel=1e-14)
