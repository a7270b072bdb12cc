"""Equations of one step, built from its trace: one object for each layer, wired to its neighbours.

    z_j(l)     = sum_i w_ji(l) a_i(l-1) + b_j(l)               a_j(l) = sigma(z_j(l))
    delta(L)   = dl/da(L) * sigma'(z(L))                       or a - y where the slope cancels
    delta_j(l) = ( sum_k w_kj(l+1) delta_k(l+1) ) * sigma'(z_j(l))

and what other layers make of it where they stand in between. The left side of each equation is the
engine's number; the right side is built of other numbers of the trace.
"""

from __future__ import annotations

from chainrule.explain.derivation.asked import owner
from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.layer import Layer
from chainrule.explain.derivation.loss import Losses
from chainrule.explain.derivation.source import Features
from chainrule.explain.derivation.step import Step
from chainrule.explain.derivation.sums import Sums
from chainrule.explain.derivation.wiring import wires
from chainrule.explain.notation.slopes import influences
from chainrule.explain.notation.tree import Equation, Quantity


class Derivation:
    """The quantities of a step and the equation of each.

    Parameters
    ----------
    step : Step
    top : int or None
        Terms shown of a longer sum; None shows all.
    whole : bool
        Whether sums over layers and rows stand as one number.
    """

    def __init__(self, step: Step, top: int | None = None, *, whole: bool = False) -> None:
        self.step, self.spec, self.sums = step, step.spec, Sums(top, whole)
        self.features = Features(step)
        self.layers = self._wired()
        self.last = self.layers[self.spec.dense_places[-1].index]
        self.loss = Losses(step, self.sums, self.last, self.layers[-1])

    def _wired(self) -> list[Layer]:
        """The layers in the order of `spec.walk`."""
        layers: list[Layer] = []
        found = wires(self.spec)
        for wire in found:
            kind = kind_of(wire.at)
            below = self.features if wire.source is None else layers[wire.source.index]
            layers.append(kind(self.step, self.sums, wire, below))
        for layer in layers:
            if layer.wire.reader is not None:
                layer.above = layers[layer.wire.reader.index]
            layer.parts = [layers[part.index] for part in layer.at.inside]
        return layers

    def owner(self, tensor: str) -> Layer:
        """The layer that has this parameter."""
        return self.layers[owner(self.spec, tensor).index]

    def of_unit(self, kind: str, l: int, j: int, r: int) -> Quantity:
        """z, a or delta of a unit of layer l in a row."""
        if kind == "a":
            at = self.spec.a_places[l]
            source = self.features if at is None else self.layers[at.index]
            (found,) = source.shown(j, r)
            assert isinstance(found, Quantity)
            return found
        dense = self.layers[self.spec.dense_places[l - 1].index]
        return dense.out(j, r) if kind == "z" else dense.derivative(j, r)

    def equation(self, q: Quantity) -> Equation | None:
        """Where a quantity comes from; None for a setting, a parameter or a feature."""
        if q.home is None:
            return None
        if q.home == self.last.at.index and q.kind == "delta":
            assert q.unit is not None and q.row is not None
            return self.loss.delta(q.unit, q.row)
        return self.layers[q.home].equation(q)

    def of(self, kind: str, l: int, j: int, r: int) -> Equation:
        """The equation of z, a or delta of a unit of layer l in a row."""
        found = self.equation(self.of_unit(kind, l, j, r))
        assert found is not None  # but for a(0) that are features
        return found

    def slopes(self, equation: Equation) -> list[Equation]:
        """The equations of the slopes, and of others known to their layer alone, in an equation."""
        found = []
        for q in influences(equation.right[-1]):
            if q.home is not None and self.layers[q.home].is_own(q):
                found.append(self.equation(q))
        return [each for each in found if each is not None]
