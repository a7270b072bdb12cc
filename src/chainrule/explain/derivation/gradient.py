"""dL/d(parameter) as a sum over the rows, and what one row gives to it.

    dL/dw_ji      delta_j a_i                 dL/dgamma_j   dl/da_j(0) h_j
    dL/db_j       delta_j                     dL/dM_ok      dl/dh_o cos u_k
    dL/dalpha_j   dl/da_j (sigma(z_j) - z_j)  dL/dtau_o     dl/dh_o
    dL/dV_ru      dl/dh_u in rows of level r  dL/dtheta_k   dl/du_k
                                              dL/df_k       dl/du_k 2 pi x

times the row's share in the loss, plus the penalty's part for a weight.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

import numpy as np

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.inputs import TURN, InputDerivation
from chainrule.explain.notation.inputs import Input, level_of
from chainrule.explain.notation.names import Asked
from chainrule.explain.notation.symbols import PARAMETER_KINDS
from chainrule.explain.notation.tree import (
    Apply,
    Equation,
    Negative,
    Node,
    Quantity,
    Sum,
    add,
    apply,
    minus,
    times,
)


class Gradient:
    """The gradient of one parameter."""

    def __init__(self, build: Derivation, asked: Asked) -> None:
        self.build, self.asked, self.trace = build, asked, build.trace
        self.stem = InputDerivation(build)

    def equation(self) -> Equation:
        """dL/d(parameter) over all rows, penalty included."""
        asked, training = self.asked, self.trace.training
        right = self.build.over_rows(self.row_parts, self._term)
        penalties: list[Node] = []
        if asked.kind == "W":
            assert asked.source is not None
            w = self.build.w(asked.layer, asked.unit, asked.source)
            if training.l2:
                penalties.append(times(Quantity("l2", training.l2), w))
            if training.l1:
                penalties.append(times(Quantity("l1", training.l1), apply("sign", w)))
        if penalties:
            right = add(right, *penalties)
        note = "[in levels] is 1 in rows of that level, else 0" if asked.kind == "levels" else ""
        return Equation(self.quantity(), (right,), note)

    def quantity(self) -> Quantity:
        """dL/d(parameter), the engine's number."""
        asked = self.asked
        value = float(self.trace.grads[asked.tensor][asked.at])
        kind = f"dL_d{PARAMETER_KINDS[asked.kind]}"
        return Quantity(kind, value, asked.layer or None, asked.unit, asked.source)

    @cached_property
    def row_parts(self) -> np.ndarray:
        """The product of every row's factors (n,), before its weight."""
        rows = range(self.trace.n_rows)
        return np.array([math.prod(factor.value for factor in self.factors(r)) for r in rows])

    def factors(self, r: int) -> list[Node]:
        """What is multiplied in a row."""
        asked, build, stem = self.asked, self.build, self.stem
        l, j, i = asked.layer, asked.unit, asked.source or 0
        match asked.kind:
            case "W":
                below = [build.of_row("a", l - 1, i, r), *build.passing(l - 1, i, r)]
                return [build.of_row("delta", l, j, r), *below, *build.scaling(l)]
            case "b":
                return [build.of_row("delta", l, j, r)]
            case "blend":
                bend = add(build.sigma(l, j, r), minus(build.of_row("z", l, j, r)))
                return [build.by_activation(l, j, r), bend]
            case "scale":
                return [build.by_activation(0, j, r), stem.embedded(j, r)]
            case "mix":
                return [
                    stem.by_embedded(self.input, r),
                    apply("cos", stem.angle(self.column, i, r)),
                ]
            case "shift":
                return [stem.by_embedded(self.input, r)]
            case "levels":
                return [stem.level(j, self.input, r), stem.by_embedded(self.input, r)]
            case "phase":
                return [stem.by_angle(j, i, r)]
            case _:  # freq
                return [stem.by_angle(j, i, r), TURN, stem.x(j, r)]

    @cached_property
    def column(self) -> int:
        """The feature that a parameter of an embedding belongs to."""
        asked, periodic = self.asked, self.build.spec.periodic
        if asked.kind == "levels":
            return level_of(self.build.spec, asked.unit)[0]
        return asked.unit // periodic.outputs if asked.kind == "mix" and periodic else asked.unit

    @cached_property
    def input(self) -> int:
        """The input of layer 1 that the scale belongs to, or that the wave or number becomes."""
        asked, periodic = self.asked, self.build.spec.periodic
        if asked.kind == "scale":
            return asked.unit
        place = Input(self.column, unit=asked.source)
        if asked.kind == "mix" and periodic:
            place = Input(self.column, wave=asked.unit % periodic.outputs)
        if asked.kind == "shift":
            place = Input(self.column, wave=asked.source)
        return self.stem.places.index(place)

    def _term(self, r: int) -> Node:
        factors = self.factors(r)
        if self.trace.n_rows > 1:
            factors = [_in_sum(factor) for factor in factors]
        return factors[0] if len(factors) == 1 else times(*factors)


def _in_sum(node: Node) -> Node:
    """The same with the row in every symbol."""
    match node:
        case Quantity() if node.row is not None:
            return replace(node, over_rows=True)
        case Apply():
            return replace(node, argument=_in_sum(node.argument))
        case Negative():
            return replace(node, child=_in_sum(node.child))
        case Sum():
            return replace(node, terms=tuple(_in_sum(term) for term in node.terms))
    return node
