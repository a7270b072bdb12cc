"""Every activation has its rule, whose value and slope are the reference's."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule.explain.derivation.activations import ACTIVATION_RULES, softmax_value
from chainrule.explain.notation.tree import Quantity
from chainrule.reference.activations import activation, activation_derivative
from chainrule.spec import ACTIVATIONS, OUTPUT_ACTIVATIONS


def test_every_activation_has_its_rule():
    assert set(ACTIVATION_RULES) == set(OUTPUT_ACTIVATIONS)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("z", [-30.0, -2.0, -0.1, 0.0, 0.1, 2.0, 30.0])
def test_value_and_slope_are_the_references(name, z):
    at = np.array([z])
    a = float(activation(name, at)[0])
    slope = float(activation_derivative(name, at)[0])
    node, value = Quantity("z", z), Quantity("a", a)
    rule = ACTIVATION_RULES[name]
    assert rule.value(node, value).value == pytest.approx(a, rel=1e-14, abs=1e-16)
    assert rule.slope(node, value).value == pytest.approx(slope, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize("shift", [0.0, 5000.0])
def test_softmax_does_not_overflow(shift):
    z = np.array([1.0, 2.0]) + shift
    node = softmax_value(Quantity("z", z[0]), z, 0)
    assert node.value == pytest.approx(1 / (1 + np.e), rel=1e-12)
