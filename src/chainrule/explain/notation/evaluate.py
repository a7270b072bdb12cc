"""The value of an expression with some of its leaves changed: rounded, left out, turned."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

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
    Rest,
    Sum,
    Total,
)

Leaf = Quantity | Total | Rest  # what is written as one number and is no constant
Change = Callable[[Leaf], float]  # the value to take instead of a leaf's own


def evaluate(node: Node, change: Change) -> float:
    """The value of a node when every leaf in it has the value that `change` says; NaN where it then
    has none."""
    try:
        return _value(node, change)
    except (OverflowError, ValueError, ZeroDivisionError):
        return math.nan


def _value(node: Node, change: Change) -> float:
    match node:
        case Quantity() | Total():
            return change(node)
        case Negative():
            return -_value(node.child, change)
        case Crossed():
            return _value(node.child, change)
        case Sum():
            rest = [] if node.rest is None else [change(node.rest)]
            return math.fsum([*(_value(term, change) for term in node.terms), *rest])
        case Product():
            return math.prod(_value(factor, change) for factor in node.factors)
        case Quotient():
            return _value(node.top, change) / _value(node.bottom, change)
        case Power():
            return _value(node.base, change) ** node.exponent
        case Apply():
            return FUNCTIONS[node.function](_value(node.argument, change))
        case Number():
            return node.value


def parts(node: Node) -> Iterator[Node]:
    """A node and everything in it."""
    yield node
    match node:
        case Negative() | Crossed():
            inside: tuple[Node, ...] = (node.child,)
        case Sum():
            inside = node.terms
        case Product():
            inside = node.factors
        case Quotient():
            inside = (node.top, node.bottom)
        case Power():
            inside = (node.base,)
        case Apply():
            inside = (node.argument,)
        case _:
            inside = ()
    for part in inside:
        yield from parts(part)


def quantities(node: Node) -> list[Quantity]:
    """Those in a node, each once, in the order in which they are written."""
    return list(dict.fromkeys(part for part in parts(node) if isinstance(part, Quantity)))
