"""How much each number of an expression weighs in it: |d node / d number|."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

from chainrule.explain.notation.evaluate import Leaf
from chainrule.explain.notation.tree import (
    FUNCTIONS,
    Apply,
    Crossed,
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

STEP = 1e-6  # relative


def influences(node: Node) -> dict[Quantity, float]:
    """Of every quantity in it, functions counted as if their slope were 1."""
    found: dict[Quantity, float] = {}
    for leaf, slope in slopes(node, lambda each: 1.0):
        if isinstance(leaf, Quantity):
            found[leaf] = found.get(leaf, 0.0) + slope
    return found


def function_slope(node: Apply) -> float:
    """Of the function where it stands, by a central difference."""
    x, f = node.argument.value, FUNCTIONS[node.function]
    h = STEP * max(abs(x), 1.0)
    try:
        return abs(f(x + h) - f(x - h)) / (2.0 * h)
    except ValueError:  # a root or a logarithm next to 0
        return abs(f(x + h) - f(x)) / h


def slopes(
    node: Node, of_function: Callable[[Apply], float] = function_slope, slope: float = 1.0
) -> Iterator[tuple[Leaf, float]]:
    """Every leaf with its slope, as often as it stands there."""
    match node:
        case Quantity() | Total():
            yield node, slope
        case Number():
            return
        case Negative():
            yield from slopes(node.child, of_function, slope)
        case Sum():
            for term in node.terms:
                yield from slopes(term, of_function, slope)
            if node.rest is not None:
                yield node.rest, slope
        case Product():
            for k, factor in enumerate(node.factors):
                others = (abs(f.value) for i, f in enumerate(node.factors) if i != k)
                yield from slopes(factor, of_function, slope * math.prod(others))
        case Quotient():
            bottom = abs(node.bottom.value) or math.inf
            yield from slopes(node.top, of_function, slope / bottom)
            yield from slopes(node.bottom, of_function, slope * abs(node.value) / bottom)
        case Power():
            rest = math.prod([abs(node.base.value)] * (node.exponent - 1))  # infinite, no error
            yield from slopes(node.base, of_function, slope * node.exponent * rest)
        case Apply():
            yield from slopes(node.argument, of_function, slope * of_function(node))
        case Crossed():
            yield from slopes(node.child, of_function, slope)
