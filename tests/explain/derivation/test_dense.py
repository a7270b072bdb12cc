"""A dense layer by hand, in the neural-tangent parametrisation."""

from __future__ import annotations

import numpy as np

from chainrule.explain.derivation.dense import Dense as DenseRules
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec


def test_the_tangent_factor_stands_in_every_equation():
    """z = (3*1 + 1*2 + 0 + 0)/2 + 1 = 3.5, delta = 0.5, dl/dw = delta a / 2."""
    spec = NetworkSpec(4, (Dense(1, ntk=True),), Loss("squared_error"))
    params = {"W1": np.array([[3.0, 1.0, 5.0, 7.0]]), "b1": np.array([1.0])}
    X, y = np.array([[1.0, 2.0, 0.0, 0.0]]), np.array([[3.0]])
    trace = StepTrace(spec, params, X, y, TrainingSpec(optimizer="sgd"))
    assert explain(trace, "z1[0]").value == 3.5
    gradient = explain(trace, "W1[0,1]")
    assert gradient.value == 0.5 * 2.0 / 2.0
    assert "∂L/∂W1[0,1] = δ1[0]·a0[1]·1/√n" in gradient.to_text(full=True)
    layer = Derivation(trace).owner("W1")
    assert isinstance(layer, DenseRules)
    np.testing.assert_array_equal(layer.links(), params["W1"] / 2.0)
    assert [factor.value for factor in layer.link(0, 3)] == [0.5, 7.0]
