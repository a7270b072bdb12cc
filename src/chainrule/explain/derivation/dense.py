"""The dense layer: z_j = sum_i w_ji a_i + b_j, and back dl/da_i = sum_j w_ji delta_j."""

from __future__ import annotations

import math
from collections.abc import Sequence

from chainrule.explain.derivation.layer import Axis, Called, Layer
from chainrule.explain.notation.symbols import Symbol
from chainrule.explain.notation.tree import Equation, Node, add, times
from chainrule.reference.arrays import Array
from chainrule.spec import Placed

NTK = Symbol("1/√n", "1/sqrt(n)", r"1/\sqrt{n}", bare=True)


class Dense(Layer):
    """The only kind whose outputs are called z; dl/dz is delta."""

    @staticmethod
    def axes(
        at: Placed, family: str, reads: Sequence[str], makes: Sequence[str]
    ) -> tuple[Axis, ...]:
        below = at.number - 1
        into = Axis("unit", f"layer {at.number}", at.n_out, makes)
        source = Axis("unit", f"layer {below}" if below else "the input", at.n_in, reads)
        return (into, source) if family == "W" else (into,)

    @staticmethod
    def words(at: Placed, family: str, index: tuple[int, ...], called: Called) -> str:
        if family == "W":
            return f"the weight into {called.made(index[0])} from {called.read(index[1])}"
        return f"the bias of {called.made(index[0])}"

    @staticmethod
    def meets(at: Placed, family: str, index: tuple[int, ...]) -> int | None:
        return index[1] if family == "W" else None

    def scaling(self) -> list[Node]:
        """[1/sqrt(n_in)] in the neural-tangent parametrisation, else nothing."""
        if not self.layer.ntk:
            return []
        return [self.own("ntk_factor", 1.0 / math.sqrt(self.at.n_in), NTK)]

    def link(self, j: int, i: int) -> list[Node]:
        return [*self.scaling(), self.parameter("W", j, i)]

    def links(self) -> Array:
        return self.tensor("W") * math.prod(factor.value for factor in self.scaling())

    def forward(self, j: int, r: int) -> Equation:
        values = self.tensor("W")[j] * self.inputs[r]

        def term(i: int) -> Node:
            return times(self.parameter("W", j, i), *self.read(i, r))

        scale, bias = self.scaling(), self.parameter("b", j)
        if scale:
            right: Node = add(times(*scale, self.sums.sum_of(values, term)), bias)
        else:
            right = self.sums.sum_of(values, term, bias)
        return Equation(self.out(j, r), (right,))

    def backward(self, i: int, r: int) -> list[Node]:
        values = self.tensor("W")[:, i] * self.derivatives[r]

        def term(j: int) -> Node:
            return times(self.parameter("W", j, i), self.derivative(j, r))

        return [self.sums.sum_of(values, term), *self.scaling()]

    def gradient(self, family: str, index: tuple[int, ...], r: int) -> list[Node]:
        delta = self.derivative(index[0], r)
        return [delta, *self.read(index[1], r), *self.scaling()] if family == "W" else [delta]
