"""Columns: the outputs of the parts side by side, under the same names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from chainrule import spec
from chainrule.explain.derivation.layer import Layer
from chainrule.explain.notation.tree import Equation, product
from chainrule.spec import Placed


class Range(NamedTuple):
    """Where a part reads and writes; `inside` is its place among the layers, None for none."""

    inside: int | None
    first_in: int
    first_out: int
    n_in: int
    n_out: int


class Columns(Layer):
    @staticmethod
    def makes(at: Placed, reads: Sequence[str], parts: list[Sequence[str]]) -> Sequence[str]:
        names: list[str] = []
        for part in ranges(at):
            own = reads[part.first_in : part.first_in + part.n_in]
            names += own if part.inside is None else parts[part.inside]
        return names

    @staticmethod
    def position(at: Placed, part: int) -> int:
        return next(each.first_out for each in ranges(at) if each.inside == part)

    def forward(self, j: int, r: int) -> Equation:
        part = next(each for each in ranges(self.at) if j < each.first_out + each.n_out)
        if part.inside is not None:
            return self.parts[part.inside].forward(j - part.first_out, r)
        x = self.read(part.first_in + j - part.first_out, r)
        return Equation(self.out(j, r), (product(x),))


def ranges(at: Placed) -> Iterator[Range]:
    """The parts from left to right."""
    assert isinstance(at.layer, spec.Columns)
    first_in = first_out = inside = 0
    for part in at.layer.parts:
        if part.layer is None:
            yield Range(None, first_in, first_out, part.columns, part.columns)
            n_out = part.columns
        else:
            n_out = at.inside[inside].n_out
            yield Range(inside, first_in, first_out, part.columns, n_out)
            inside += 1
        first_in, first_out = first_in + part.columns, first_out + n_out
