"""Dropout: the factor m on what passes, and on what comes back; the result has no name."""

from __future__ import annotations

from chainrule.explain.derivation.layer import Elementwise
from chainrule.explain.notation.symbols import Symbol
from chainrule.explain.notation.tree import Node

MASK = Symbol("m", "m", "m")


class Dropout(Elementwise):
    joins = True
    is_named = False

    def slope(self, i: int, r: int) -> list[Node]:
        mask = self.step.recorded.layers[self.at.index].shown.get("mask")
        return [] if mask is None else [self.own("mask", mask[r, i], MASK, i, r=r)]

    def shown(self, j: int, r: int) -> list[Node]:
        return [*self.read(j, r), *self.slope(j, r)]
