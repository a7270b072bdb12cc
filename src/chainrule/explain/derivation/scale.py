"""The scale: out_j = scale_j in_j, and back dl/din_j = scale_j dl/dout_j."""

from __future__ import annotations

from collections.abc import Sequence

from chainrule.explain.derivation.layer import Axis, Called, Elementwise
from chainrule.explain.notation.tree import Equation, Node, times
from chainrule.spec import Placed


class Scale(Elementwise):
    @staticmethod
    def axes(
        at: Placed, family: str, reads: Sequence[str], makes: Sequence[str]
    ) -> tuple[Axis, ...]:
        return (Axis("input", at.name(family), at.n_in, reads),)

    @staticmethod
    def words(at: Placed, family: str, index: tuple[int, ...], called: Called) -> str:
        return f"the scale of {called.made(index[0])}"

    @staticmethod
    def meets(at: Placed, family: str, index: tuple[int, ...]) -> int | None:
        return index[0]

    def slope(self, i: int, r: int) -> list[Node]:
        return [self.parameter("scale", i)]

    def forward(self, j: int, r: int) -> Equation:
        return Equation(self.out(j, r), (times(*self.slope(j, r), *self.read(j, r)),))

    def backward(self, i: int, r: int) -> list[Node]:
        return [*self.slope(i, r), *self.by_out(i, r)]

    def gradient(self, family: str, index: tuple[int, ...], r: int) -> list[Node]:
        return [self.derivative(index[0], r), *self.read(index[0], r)]
