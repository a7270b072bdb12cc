"""The residual block: out_j = in_j + f_j(in), and back dl/din_j = dl/dout_j + that through f."""

from __future__ import annotations

from chainrule.explain.derivation.layer import Layer
from chainrule.explain.notation.tree import Equation, Node, add, product


class Residual(Layer):
    joins = True

    def forward(self, j: int, r: int) -> Equation:
        made = self.parts[-1].shown(j, r)
        return Equation(self.out(j, r), (add(product(self.read(j, r)), product(made)),))

    def backward(self, i: int, r: int) -> list[Node]:
        return [add(product(self.parts[0].backward(i, r)), product(self.by_out(i, r)))]
