"""The category embedding: the numbers of a code are its row of `embedding`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate

from chainrule.explain.derivation.layer import Axis, Called, Layer
from chainrule.explain.notation.symbols import symbol_of
from chainrule.explain.notation.tree import Equation, Node
from chainrule.reference.arrays import Indices
from chainrule.reference.layers.embedding import rows_of
from chainrule.spec import Placed

HAS_LEVEL = replace(
    symbol_of("embedding"), before=("[in ", "[in ", r"[\text{in }"), after=("]", "]", "]")
)


class CategoryEmbedding(Layer):
    reads_codes = True

    @staticmethod
    def axes(
        at: Placed, family: str, reads: Sequence[str], makes: Sequence[str]
    ) -> tuple[Axis, ...]:
        tensor = at.name(family)
        rows, units = at.parameters[tensor].shape
        return Axis("level", tensor, rows), Axis("unit", tensor, units)

    @staticmethod
    def words(at: Placed, family: str, index: tuple[int, ...], called: Called) -> str:
        column, code = level_of(at, index[0])
        level = f"level {code}" if code else "missing and unknown levels"
        if code and called.axes[0].names:
            level = f"level {called.axes[0].names[index[0]].partition('=')[2]}"
        return f"number {index[1]} of the vector of {level} of {called.read(column)}"

    @staticmethod
    def meets(at: Placed, family: str, index: tuple[int, ...]) -> int | None:
        return level_of(at, index[0])[0]

    @staticmethod
    def makes(at: Placed, reads: Sequence[str], parts: list[Sequence[str]]) -> Sequence[str]:
        units = at.n_out // at.n_in
        return [f"{name}#{u}" for name in reads for u in range(units)]

    @cached_property
    def rows(self) -> Indices:
        """The row of `embedding` of each code (n, columns)."""
        return rows_of(self.layer, self.inputs)

    def forward(self, j: int, r: int) -> Equation:
        column, unit = divmod(j, self.layer.units)
        number = self.parameter("embedding", int(self.rows[r, column]), unit)
        return Equation(self.out(j, r), (number,), "of the vector of the row's level")

    def gradient(self, family: str, index: tuple[int, ...], r: int) -> list[Node]:
        row, unit = index
        column, _ = level_of(self.at, row)
        met = float(self.rows[r, column] == row)
        has_level = self.own("has_level", met, HAS_LEVEL, row, r=r)
        return [has_level, self.derivative(column * self.layer.units + unit, r)]

    def note(self, family: str) -> str:
        return "[in embedding] is 1 in rows of that level, else 0"


def level_of(at: Placed, row: int) -> tuple[int, int]:
    """(column, code) of a row of `embedding`."""
    levels = at.layer.constants()["levels"]
    starts = list(accumulate((known + 1 for known in levels), initial=0))
    column = next(c for c, end in enumerate(starts[1:]) if row < end)
    return column, row - starts[column]
