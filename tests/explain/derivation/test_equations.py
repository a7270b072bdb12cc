"""Quantities have their homes, and what comes out of them is the equation."""

from __future__ import annotations

import pytest

from chainrule.explain.derivation.equations import Derivation


def test_units_are_called_by_layer(traced):
    build = Derivation(traced)
    z, a = build.of_unit("z", 2, 5, 3), build.of_unit("a", 2, 5, 3)
    assert (z.kind, z.layer, z.unit, z.value) == ("z", 2, 5, traced.z[2][3, 5])
    assert (a.kind, a.layer, a.unit, a.value) == ("a", 2, 5, traced.a[2][3, 5])
    assert build.of_unit("delta", 3, 1, 3).value == traced.delta[3][3, 1]
    assert build.of_unit("a", 0, 2, 3).value == traced.X[3, 2]


@pytest.mark.parametrize(("kind", "l"), [("z", 1), ("a", 2), ("delta", 1), ("delta", 3)])
def test_an_equation_comes_out_at_the_engines_number(traced, kind, l):
    equation = Derivation(traced).of(kind, l, 1, 4)
    assert equation.left.value == getattr(traced, kind)[l][4, 1]
    assert equation.right[-1].value == pytest.approx(equation.left.value, rel=1e-13)


def test_features_and_parameters_have_no_equation(traced):
    build = Derivation(traced)
    assert build.equation(build.of_unit("a", 0, 0, 0)) is None
    assert build.equation(build.owner("W1").parameter("W", 0, 0)) is None


def test_slopes_of_an_equation(traced):
    build = Derivation(traced)
    (slope,) = [e for e in build.slopes(build.of("delta", 2, 3, 4)) if e.left.kind == "slope"]
    assert slope.left.value == traced.slope[2][4, 3]
    assert slope.note == "slope of tanh"


def test_a_layer_without_activation_passes_z_on(one_cosine):
    equation = Derivation(one_cosine).of("a", 1, 0, 0)
    assert equation.note == "identity" and equation.right[-1].kind == "z"
