"""The ways from one parameter to the loss in one row, and what each multiplies to."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.errors import SpecError
from chainrule.explain.derivation.asked import Asked
from chainrule.explain.explain import explain
from chainrule.explain.notation.tree import Quantity
from chainrule.explain.render.text import TextWriter
from chainrule.explain.trace import StepTrace
from chainrule.plots.network.picture import number, product_of, signed

_LETTERS = 100  # of a line below the picture
_LONG = 8  # layers that a way leads through


@dataclass(frozen=True)
class Way:
    """One product from the loss to the parameter.

    Attributes
    ----------
    units : tuple of int
        Of layers l, l + 1, ..., L.
    factors : tuple of Quantity
    value : float
    """

    units: tuple[int, ...]
    factors: tuple[Quantity, ...]
    value: float


@dataclass(frozen=True)
class Ways:
    """Of one weight or bias of a dense layer, in one row.

    Attributes
    ----------
    asked : Asked
        The parameter.
    row : int
    shown : tuple of Way
        Largest first.
    n_others, others : int, float
        How many more there are, and their sum.
    part : float
        What the row adds to the gradient before the mean over rows: all ways together.
    gradient : float
        Of the total loss.
    is_told_apart : bool
        False where a layer above mixes units, so that there is one product with its delta only.
    """

    asked: Asked
    row: int
    shown: tuple[Way, ...]
    n_others: int
    others: float
    part: float
    gradient: float
    is_told_apart: bool

    @property
    def links(self) -> set[tuple[int, int, int]]:
        """(l, j, i) of every weight W(l)[j, i] on a way."""
        first = self.asked.layer
        found = {
            (first + step + 1, end, start)
            for way in self.shown
            for step, (start, end) in enumerate(zip(way.units, way.units[1:], strict=False))
        }
        if self.asked.source is not None:
            found.add((first, self.asked.unit, self.asked.source))
        return found

    def is_about(self, l: int, j: int, i: int) -> bool:
        """Whether the parameter is the weight W(l)[j, i]."""
        return self.asked.tensor == f"W{l}" and self.asked.at == (j, i)

    @property
    def units(self) -> set[tuple[int, int]]:
        """(l, j) of every unit on a way; the input that a weight multiplies is one."""
        ends = {(l, j) for l, j, _ in self.links} | {(self.asked.layer, self.asked.unit)}
        return ends | {(l - 1, i) for l, _, i in self.links}

    def lines(self, trace: StepTrace) -> list[str]:
        """The products with symbols and numbers, their sum, and the row's part in the gradient."""
        writer = TextWriter(4, True)
        found = []
        for way in self.shown:
            symbols = "·".join(writer.symbol(factor) for factor in way.factors)
            numbers = product_of([factor.value for factor in way.factors], way.value)
            product = f"{numbers} = {signed(way.value)}"
            if len(symbols) + len(product) <= _LETTERS:
                found.append(f"{symbols} = {product}")
            else:
                found += _broken(symbols) + _broken(f"    = {product}")
        if self.n_others:
            found.append(f"{self.n_others:,} more: {signed(self.others)}")
        if len(found) > 1:
            found.append(f"sum over the ways: {signed(self.part)}")
        if not self.is_told_apart:
            found.append("a layer above mixes units: its ways are not told apart")
        name, rows = self.asked.identifier, trace.n_rows
        if rows > 1:
            share = float(trace.shares[self.row])
            found.append(
                f"row {self.row} adds {signed(share * self.part)} to ∂L/∂{name} = "
                f"{number(self.gradient)}, the {trace.training.reduction} over {rows} rows"
            )
        return found


def _broken(text: str) -> list[str]:
    """A long product on several lines, which break behind a dot."""
    indent = "        "
    lines, line = [], ""
    for piece in text.split("·"):
        if line and len(line) + len(piece) > _LETTERS:
            lines.append(f"{line}·")
            line = indent + piece
        else:
            line = f"{line}·{piece}" if line else piece
    return [*lines, line]


def find_ways(trace: StepTrace, text: str, row: int | None, limit: int | None = None) -> Ways:
    """The largest ways of a parameter, six, or two where they are long; in the row that adds most
    unless one is given.

    Raises
    ------
    SpecError
        For what is no weight or bias of a dense layer.
    DataError
        For a row that does not exist.
    """
    asked = trace.names.parse(text)
    if asked.kind not in ("W", "b"):
        raise SpecError(
            f"highlight takes a weight or bias of a dense layer, such as 'W1[0,0]', found {text!r}."
        )
    if limit is None:
        limit = 6 if trace.spec.n_layers - asked.layer < _LONG else 2
    found = explain(trace, asked.identifier, row=row, top=limit, check="none")
    r, l, j = found.row, asked.layer, asked.unit
    gradient = float(trace.grads[asked.tensor][asked.at])
    delta = Quantity("delta", float(trace.delta[l][r, j]), l, j, row=r)
    head: tuple[Quantity, ...] = ()
    if asked.source is not None:
        mask = trace.masks[l - 1]
        factor = 1.0 if mask is None else float(mask[r, asked.source])
        value = float(trace.a[l - 1][r, asked.source]) * factor
        head = (Quantity("a", value, l - 1, asked.source, row=r),)
    part = delta.value
    for quantity in head:
        part *= quantity.value
    paths = found.paths
    if paths is None:
        way = Way((j,), (*head, delta), part)
        last = l == trace.spec.n_layers
        return Ways(asked, r, (way,), 0, 0.0, part, gradient, is_told_apart=last)
    ways = tuple(
        Way(path.units, tuple(f for f in path.product.factors if isinstance(f, Quantity)),
            path.value)
        for path in paths.shown
    )  # fmt: skip
    n_others = paths.rest.count if paths.rest else 0
    others = paths.rest.value if paths.rest else 0.0
    return Ways(asked, r, ways, n_others, others, part, gradient, is_told_apart=True)
