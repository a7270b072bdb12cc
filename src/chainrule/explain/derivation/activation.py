"""The activation: a = sigma(z), or its parametric form a = z + w (sigma(z) - z)."""

from __future__ import annotations

import numpy as np

from chainrule import spec
from chainrule.explain.derivation.activations import (
    ACTIVATION_RULES,
    ActivationRule,
    softmax_value,
)
from chainrule.explain.derivation.layer import Called, Elementwise
from chainrule.explain.notation.symbols import Symbol
from chainrule.explain.notation.tree import (
    ONE,
    Equation,
    Node,
    Quantity,
    add,
    minus,
    product,
    times,
)
from chainrule.reference.activations import activation
from chainrule.reference.arrays import Array, Backward, Params
from chainrule.reference.layers.activation import vjp
from chainrule.spec import ACTIVATION_ROWS, Placed

SLOPE, OWN_SLOPE, SIGMA = (
    ("σ′(", "s'(", r"\sigma'("),
    ("a′(", "a'(", "a'("),
    ("σ(", "s(", r"\sigma("),
)
CLOSE = (")", ")", ")")


class Activation(Elementwise):
    joins = True
    slope_size = 1.0

    @staticmethod
    def words(at: Placed, family: str, index: tuple[int, ...], called: Called) -> str:
        return f"the activation weight of {called.made(index[0])}"

    @staticmethod
    def has_kink(at: Placed) -> bool:
        return ACTIVATION_ROWS[_spec(at).function].has_kink

    @property
    def rule(self) -> ActivationRule:
        return ACTIVATION_RULES[self.layer.function]

    def of_input(
        self, kind: str, value: float, around: tuple[str, str, str], i: int, r: int
    ) -> Quantity:
        """A function of input i, written around its symbol: σ′(z1[0])."""
        z = self.read(i, r)[0]
        assert isinstance(z, Quantity)
        letter = z.written
        symbol = Symbol(letter.unicode, letter.ascii, letter.latex, around, CLOSE)
        return self.own(kind, value, symbol, i, r=r)

    def sigma(self, j: int, r: int) -> Quantity:
        value = activation(self.layer.function, self.inputs[r, j : j + 1])[0]
        return self.of_input("sigma", value, SIGMA, j, r)

    def output_slope(self, j: int, r: int) -> Quantity | None:
        return None if self.rule.slope is None else self.da_dz(j, r)

    def da_dz(self, j: int, r: int) -> Quantity:
        """sigma'(z), or a'(z) of the parametric form."""
        value = self.step.recorded.layers[self.at.index].shown["slope"][r, j]
        if self.layer.parametric:
            return self.of_input("parametric_slope", value, OWN_SLOPE, j, r)
        return self.of_input("slope", value, SLOPE, j, r)

    def slope(self, i: int, r: int) -> list[Node]:
        return [self.da_dz(i, r)]

    def forward(self, j: int, r: int) -> Equation:
        z, a = product(self.read(j, r)), self.out(j, r)
        if self.rule.slope is None:
            right: Node = softmax_value(z, self.inputs[r], r)
        elif self.layer.parametric:
            sigma = self.rule.value(z, self.sigma(j, r))
            right = add(z, times(self.parameter("activation_weight", j), add(sigma, minus(z))))
        else:
            right = self.rule.value(z, a)
        return Equation(a, (right,), self.layer.label())

    def gradient(self, family: str, index: tuple[int, ...], r: int) -> list[Node]:
        (j,) = index
        z = product(self.read(j, r))
        return [self.derivative(j, r), add(self.sigma(j, r), minus(z))]

    def own_equation(self, q: Quantity) -> Equation | None:
        """sigma(z), the slope, and the sigma'(z) in that of the parametric form."""
        assert q.unit is not None and q.row is not None
        j, r, rule = q.unit, q.row, self.rule
        if rule.slope is None:
            return None
        z = product(self.read(j, r))
        value = self.sigma(j, r) if self.layer.parametric else self.out(j, r)
        slope = rule.slope(z, value)
        if q.kind == "sigma":
            return Equation(q, (rule.value(z, q),), self.layer.function)
        if q.kind == "parametric_slope":
            inner = self.of_input("inner_slope", slope.value, SLOPE, j, r)
            weight = self.parameter("activation_weight", j)
            right = add(ONE, times(weight, add(inner, minus(ONE))))
            return Equation(q, (right,), f"slope of {self.layer.label()}")
        return Equation(q, (slope,), f"slope of {self.layer.function}")

    @staticmethod
    def sizes(
        at: Placed, own: Params, a: Array, d: Array, share: Array, *inside: Backward
    ) -> tuple[Array | None, Params]:
        """|sigma'(z)| d; for the factor |sigma(z)| + |z|, whose difference may be small."""
        layer, z = _spec(at), a
        back, _ = vjp(layer, own, z, d, share)
        terms = share[:, np.newaxis] * d * (np.abs(activation(layer.function, z)) + np.abs(z))
        return np.abs(back), {family: terms.sum(axis=0) for family in own}


def _spec(at: Placed) -> spec.Activation:
    assert isinstance(at.layer, spec.Activation)
    return at.layer
