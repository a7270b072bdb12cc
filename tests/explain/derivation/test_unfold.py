"""Derivatives lead to the loss, values to the inputs, and only what weighs most is followed."""

from __future__ import annotations

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.unfold import Unfolding, is_derivative
from chainrule.explain.notation.tree import Quantity


def kinds(equations):
    return [(equation.left.kind, equation.left.unit) for equation in equations]


def test_derivatives_and_values_are_told_apart():
    assert is_derivative(Quantity("delta", 1.0)) and is_derivative(Quantity("dl_da", 1.0))
    assert not is_derivative(Quantity("dL_dw", 1.0)) and not is_derivative(Quantity("z", 1.0))


def test_towards_the_loss_the_slopes_are_those_of_the_first_unit(traced):
    build = Derivation(traced, top=2)
    found = Unfolding(build).towards_the_loss({build.of_unit("delta", 1, 3, 4): 1.0}, -1)
    assert list(found) == [1, 2, 3]
    assert kinds(found[1]) == [("delta", 3), ("slope", 3)]
    assert [kind for kind, _ in kinds(found[2])] == ["delta", "delta", "slope"]
    everything = Derivation(traced)
    found = Unfolding(everything).towards_the_loss({build.of_unit("delta", 1, 3, 4): 1.0}, -1)
    assert [kind for kind, _ in kinds(found[2])] == ["delta"] * 8 + ["slope"] * 8


def test_towards_the_inputs_z_follows_its_a(traced):
    build = Derivation(traced, top=2)
    start = {build.of_unit("a", 2, 1, 4): 1.0}
    found = Unfolding(build).towards_the_inputs(start)
    assert list(found) == [2, 1]
    assert kinds(found[2]) == [("a", 1), ("z", 1)]
    (first, i), (second, j), (third, k), (fourth, l) = kinds(found[1])
    assert (first, second, third, fourth) == ("a", "z", "a", "z")
    assert i == j and k == l and i < k
    assert list(Unfolding(build).towards_the_inputs(start, 2)) == [2]
