"""One cosine before layer 1, by hand."""

from __future__ import annotations

import math

import pytest

from chainrule.explain.explain import explain

ROOT3 = math.sqrt(3.0)


@pytest.mark.parametrize(
    ("quantity", "value", "line"),
    [
        ("frequency[x,0]", -4.0 * math.pi / ROOT3, "  ∂L/∂frequency[0,0] = ∂ℓ/∂u[0,0]·2π·x[0]"),
        ("phase[0,0]", -ROOT3, "  ∂ℓ/∂u[0,0] = −weight[0,0]·∂ℓ/∂h[0]·sin(u[0,0])"),
        ("weight[0,0]", 0.5, "  ∂L/∂weight[0,0] = ∂ℓ/∂h[0]·cos(u[0,0])"),
        ("bias[0,0]", 1.0, "  ∂ℓ/∂h[0] = scale[0]·∂ℓ/∂a0[0]"),
        ("scale[x~0]", 0.75, "  h[0] = weight[0,0]·cos(u[0,0]) + bias[0,0]"),
        ("scale[x]", -1.0 / 3.0, "  h[1] = x[0]  =  0.6667"),
        ("W1[0,x~0]", 1.5, "  a0[0] = scale[0]·h[0]"),
        ("a0[x~0]", 3.0, "  u[0,0] = 2π·frequency[0,0]·x[0] + phase[0,0]"),
        ("z1[0]", 1.5, "  u[0,0] = 2π·frequency[0,0]·x[0] + phase[0,0]"),
    ],
)
def test_one_cosine_by_hand(one_cosine, quantity, value, line):
    explanation = explain(one_cosine, quantity)
    assert explanation.value == pytest.approx(value, rel=1e-13)
    assert explanation.check.verdict == "ok"
    assert line in explanation.to_text(full=True)
    for equation in explanation.equations:
        assert equation.right[-1].value == pytest.approx(equation.left.value, rel=1e-12)
