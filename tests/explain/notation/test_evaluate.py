"""The value of an equation's right side is the engine's number, and follows changes of a part."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule
from chainrule.explain.explain import explain
from chainrule.explain.notation.evaluate import evaluate, parts, quantities
from chainrule.explain.notation.tree import ONE, Quantity, Total, add, apply, minus, over
from chainrule.spec import ACTIVATIONS


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_unchanged_it_is_the_value_itself(activation):
    X, y = np.array([[0.3, -1.2], [0.8, 0.4]]), np.array([0, 1])
    net = chainrule.Network([2, 3, 2], activation=activation, loss="cross_entropy")
    trace = net.trace(X, y, optimizer="adam", l2=0.1)
    for equation in explain(trace, "W1[0,0]", check="none", top=None).equations:
        right = equation.right[-1]
        if any(isinstance(part, Total) for part in parts(right)):
            continue
        found = evaluate(right, lambda q: q.value)
        assert found == pytest.approx(equation.left.value, rel=1e-9, abs=1e-14)


def test_a_quantity_can_be_left_out():
    net = chainrule.Network([2, 1], output_activation="sigmoid", dtype="float64")
    trace = net.trace(np.array([[2.0, 3.0]]), np.array([0.0]))
    z = explain(trace, "z1[0]", check="none").equations[0].right[-1]
    assert {q.kind for q in quantities(z)} == {"w", "a", "b"}
    without = evaluate(z, lambda q: 0.0 if isinstance(q, Quantity) and q.kind == "b" else q.value)
    assert without == pytest.approx(float(trace.W[1][0] @ [2.0, 3.0]))


def test_what_has_no_value_is_nan():
    q = Quantity("a", 2.0)
    for node in (over(ONE, q), apply("log", q), apply("sqrt", add(q, minus(ONE)))):
        assert np.isfinite(evaluate(node, lambda q: q.value))
        assert np.isnan(evaluate(node, lambda q: 0.0))
