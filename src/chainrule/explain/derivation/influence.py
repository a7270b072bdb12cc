"""How much each quantity of an expression weighs in it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from chainrule.explain.notation.tree import (
    Apply,
    Cancel,
    Negative,
    Node,
    Number,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Total,
)


def influences(node: Node) -> dict[Quantity, float]:
    """|d node / d quantity| of every quantity in it, functions counted as if their slope were 1."""
    found: dict[Quantity, float] = {}
    for quantity, slope in _slopes(node, 1.0):
        found[quantity] = found.get(quantity, 0.0) + slope
    return found


def _slopes(node: Node, slope: float) -> Iterator[tuple[Quantity, float]]:
    match node:
        case Quantity():
            yield node, slope
        case Number() | Total():
            return
        case Negative():
            yield from _slopes(node.child, slope)
        case Sum():
            for term in node.terms:
                yield from _slopes(term, slope)
        case Product():
            for k, factor in enumerate(node.factors):
                others = (abs(f.value) for i, f in enumerate(node.factors) if i != k)
                yield from _slopes(factor, slope * math.prod(others))
        case Quotient():
            bottom = abs(node.bottom.value) or math.inf
            yield from _slopes(node.top, slope / bottom)
            yield from _slopes(node.bottom, slope * abs(node.value) / bottom)
        case Power():
            rest = math.prod([abs(node.base.value)] * (node.exponent - 1))  # infinite, no error
            yield from _slopes(node.base, slope * node.exponent * rest)
        case Apply():
            yield from _slopes(node.argument, slope)
        case Cancel():
            yield from _slopes(node.kept, slope)
