"""The pieces that a number of a step is made of, in the order in which a hand would compute them.

    z_j     = w_j0 a_0  + w_j1 a_1 + ... + b_j          then a_j = sigma(z_j)
    delta_j = (w_0j delta_0 + w_1j delta_1 + ...) * sigma'(z_j)
    dl/dw   = delta_j a_i

They are cut from the equations that `explain` writes; what has been added up so far is the exact
sum of the pieces until there, and the last one ends in the engine's own number.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.notation.evaluate import quantities
from chainrule.explain.notation.exact_sum import exact_sum
from chainrule.explain.notation.tree import Equation, Node, Product, Quantity, Sum, product
from chainrule.explain.render.mathml import MathWriter, parts
from chainrule.explain.trace import StepTrace

Joins = Literal["add", "times", "is"]
MANY = 6  # terms from which on the largest are told first
LEADING = 3

Link = tuple[int, int, int]  # layer, unit, source: the edge that a product goes over


@dataclass(frozen=True)
class Piece:
    """One piece, and what there is with it.

    Attributes
    ----------
    joins : "add", "times" or "is"
        To what came before: added, multiplied, or all there is.
    value, total : float
        Its own, and that of everything until here.
    node : Node or None
        None for several pieces that are taken together.
    link : tuple of int, optional
    count : int
        Of the products in it.
    """

    joins: Joins
    value: float
    total: float
    node: Node | None
    link: Link | None = None
    count: int = 1


class Pieces:
    """The pieces of every number of one row of a step.

    Parameters
    ----------
    trace : StepTrace
    row : int
        Place of the row in the trace.
    drawn : sequence of list of int
        Units of each layer that are told apart; products with the others stand together.
    """

    def __init__(self, trace: StepTrace, row: int, drawn: Sequence[list[int]]) -> None:
        self.build, self.row, self.drawn = Derivation(trace), row, drawn

    def counts(self) -> list[list[int]]:
        """For each layer from 1 on, the number of pieces of z and of delta of its units."""
        found = []
        for l in range(1, self.build.spec.n_layers + 1):
            unit = self.drawn[l][0]
            found.append([len(self.of_unit(kind, l, unit)[1]) for kind in ("z", "delta")])
        return found

    def of(self, asked: Asked) -> tuple[Quantity, list[Piece]]:
        """A number and its pieces; those of a parameter make the derivative of the row's loss."""
        if not asked.is_parameter:
            return self.of_unit(asked.kind, asked.layer, asked.unit, asked.kind == "a")
        factors = self.build.owner(asked.tensor).gradient(asked.kind, asked.at, self.row)
        node = product(factors)
        kind = f"dl_d{asked.kind.lower()}"
        place = (asked.layer or None, asked.unit, asked.source)
        left = Quantity(kind, node.value, *place, row=self.row, over_rows=True)
        link = None if asked.source is None else (asked.layer, asked.unit, asked.source)
        return left, [Piece("is", node.value, node.value, node, link)]

    def of_unit(
        self, kind: str, l: int, j: int, whole: bool = False
    ) -> tuple[Quantity, list[Piece]]:
        """z, a or delta of a unit; `whole` leaves it in one piece."""
        q = self.build.of_unit(kind, l, j, self.row)
        equation = self.build.equation(q)
        if equation is None:  # an input
            return q, []
        right = equation.right[-1]
        cut = [Piece("is", right.value, right.value, right)] if whole else list(_cut(right))
        return q, _added_up(self._together(cut, kind), equation)

    def _together(self, cut: list[Piece], kind: str) -> list[Piece]:
        """Products over edges that are not drawn as one piece, behind the others."""

        def is_drawn(link: Link) -> bool:
            layer, unit, source = link
            return source in self.drawn[layer - 1] if kind == "z" else unit in self.drawn[layer]

        hidden = [p for p in cut if p.link is not None and not is_drawn(p.link)]
        if not hidden:
            return cut
        value = exact_sum(piece.value for piece in hidden)
        rest = Piece("add", value, value, None, None, len(hidden))
        shown = [piece for piece in cut if piece not in hidden]
        at = 1 + max((k for k, piece in enumerate(shown) if piece.link is not None), default=-1)
        return [*shown[:at], rest, *shown[at:]]


def _cut(node: Node) -> Iterator[Piece]:
    """A sum of products over edges in its terms, and what multiplies the sum behind it."""
    if isinstance(node, Sum) and _has_weight(node.terms[0]):
        yield from _cut(node.terms[0])
        for term in node.terms[1:]:
            yield _piece("add", term)
        return
    if isinstance(node, Product):
        slopes = [f for f in node.factors if isinstance(f, Quantity) and f.kind.endswith("slope")]
        others = [f for f in node.factors if f not in slopes]
        sums = [f for f in others if isinstance(f, Sum) and _has_weight(f)]
        if sums:
            yield from _cut(sums[0])
            others = [f for f in others if f is not sums[0]]
            for factor in [*others, *slopes]:
                yield _piece("times", factor)
            return
        if slopes and others:
            yield _piece("add", product(others))
            for slope in slopes:
                yield _piece("times", slope)
            return
    yield _piece("add", node)


def _piece(joins: Joins, node: Node) -> Piece:
    link = None
    if joins == "add":
        weights = [q for q in quantities(node) if q.kind == "w"]
        if len(weights) == 1 and weights[0].layer and weights[0].unit is not None:
            link = (weights[0].layer, weights[0].unit, weights[0].source or 0)
    return Piece(joins, node.value, node.value, node, link)


def _has_weight(node: Node) -> bool:
    return any(q.kind == "w" for q in quantities(node))


def _added_up(cut: list[Piece], equation: Equation) -> list[Piece]:
    """With what there is after each; after the last, the number itself."""
    found, terms = list[Piece](), list[float]()
    for piece in cut:
        terms = (
            [exact_sum(terms) * piece.value] if piece.joins == "times" else [*terms, piece.value]
        )
        found.append(replace(piece, total=exact_sum(terms)))
    if len(found) == 1:
        found = [replace(found[0], joins="is")]
    return [*found[:-1], replace(found[-1], total=equation.left.value)]


def leading(trace: StepTrace, row: int, asked: Asked, digits: int) -> dict[str, Any] | None:
    """The three terms that matter most in a long sum behind a number, and the others together.

    The sum is that of z behind z and a, and that of delta behind delta and the derivatives of
    parameters; None where it has few terms.
    """
    kind = {"z": "z", "a": "z", "delta": "delta", "W": "delta", "b": "delta"}.get(asked.kind)
    if kind is None or asked.layer == 0:
        return None
    everything = [list(range(size)) for size in trace.spec.layer_sizes]
    left, pieces = Pieces(trace, row, everything).of_unit(kind, asked.layer, asked.unit)
    terms = sorted((p for p in pieces if p.link), key=lambda p: -abs(p.value))
    if len(terms) <= MANY:
        return None
    shown, others = terms[:LEADING], terms[LEADING:]
    value = exact_sum(piece.value for piece in others)
    form = to_json(left, [*shown, Piece("add", value, value, None, None, len(others))], digits)
    absolute = exact_sum(abs(piece.value) for piece in terms)
    carried = exact_sum(abs(piece.value) for piece in shown) / absolute if absolute else 0.0
    factor = next((p.value for p in pieces if p.joins == "times"), None)
    return {
        **form,
        "of": f"{kind}{asked.layer}[{asked.unit}]",
        "carried": carried,
        "n_terms": len(terms),
        "sum": exact_sum(piece.value for piece in terms),
        "factor": factor,
    }


def factors_of(trace: StepTrace, row: int, asked: Asked) -> list[dict[str, Any]]:
    """The derivative of a row's loss by a weight or bias as a product.

    Three factors where there are as many: what comes in over it (a), the slope of its unit, and
    what comes back to the unit (the error, or the sum of w delta). Each with the units that it is
    made of.
    """
    if not asked.is_parameter or not asked.layer:
        return []
    everything = [list(range(size)) for size in trace.spec.layer_sizes]
    cut = Pieces(trace, row, everything)
    (one,) = cut.of(asked)[1]
    delta, pieces = cut.of_unit("delta", asked.layer, asked.unit)
    slopes = [piece for piece in pieces if piece.joins == "times"]
    unit = f"{asked.layer}/{asked.unit}"
    found = []
    if asked.source is not None and isinstance(one.node, Product):
        value = product(one.node.factors[1:]).value
        found.append({"name": "a", "value": value, "units": [f"{asked.layer - 1}/{asked.source}"]})
    if slopes:
        value = math.prod(piece.value for piece in slopes)
        found.append({"name": "slope", "value": value, "units": [unit]})
        back = pieces[-len(slopes) - 1]
        above = [f"{p.link[0]}/{p.link[1]}" for p in pieces if p.link]
        name = "back" if above else "error"
        found.append({"name": name, "value": back.total, "units": above or [unit]})
    else:
        found.append({"name": "delta", "value": delta.value, "units": [unit]})
    return found


def to_json(left: Quantity, pieces: list[Piece], digits: int) -> dict[str, Any]:
    """As plain values, with MathML of each: w a = 0.15 · 0.05 = 0.0075."""
    writer = MathWriter(digits)

    def formula(*sides: str) -> str:
        return "".join(parts("<mo>=</mo>".join(dict.fromkeys(sides))))

    def html(piece: Piece) -> str:
        if piece.node is None:
            return formula(f"<mtext>{piece.count} more</mtext>", writer.value(piece.value))
        sides = [writer.node(piece.node, False), writer.node(piece.node, True)]
        if not isinstance(piece.node, Quantity):
            sides.append(writer.value(piece.value))
        return formula(*sides)

    return {
        "left": formula(writer.symbol(left)),
        "value": left.value,
        "pieces": [
            {
                "joins": piece.joins,
                "html": html(piece),
                "value": piece.value,
                "total": piece.total,
                "link": piece.link,
                "count": piece.count,
            }
            for piece in pieces
        ],
    }
