"""Sums over a whole layer, or over all rows, as one number: `Total`.

What its terms have in common is found by laying two of them side by side: an index in which they
differ becomes a letter.
"""

from __future__ import annotations

from dataclasses import replace

from chainrule.explain.notation.tree import (
    Apply,
    Crossed,
    Negative,
    Node,
    Power,
    Product,
    Quantity,
    Quotient,
    Sum,
    Total,
)


def whole(first: Node, second: Node, count: int, value: float) -> Total:
    """The sum of `count` terms like these two, which has this value."""
    index = "r" if _rows_differ(first, second) else "k"
    return Total(_common(first, second), index, count, value)


def _common(a: Node, b: Node) -> Node:
    """`a` with the letter k where the unit or source of `b` is another one."""
    match a, b:
        case Quantity(), Quantity():
            pairs = [(a.unit, b.unit), (a.source, b.source)]
            known = [(x, y) for x, y in pairs if x is not None]
            differ = any(x != y for x, y in known)
            written = ",".join("k" if x != y else str(x) for x, y in known) if differ else ""
            return replace(a, running=written, over_rows=False)
        case Negative(), Negative():
            return replace(a, child=_common(a.child, b.child))
        case Sum(), Sum():
            return replace(a, terms=_each(a.terms, b.terms))
        case Product(), Product():
            return replace(a, factors=_each(a.factors, b.factors))
        case Quotient(), Quotient():
            return replace(a, top=_common(a.top, b.top), bottom=_common(a.bottom, b.bottom))
        case Power(), Power():
            return replace(a, base=_common(a.base, b.base))
        case Apply(), Apply():
            return replace(a, argument=_common(a.argument, b.argument))
        case Crossed(), Crossed():
            return replace(a, child=_common(a.child, b.child))
    return a


def _each(a: tuple[Node, ...], b: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple(_common(x, y) for x, y in zip(a, b, strict=False))


def _rows_differ(a: Node, b: Node) -> bool:
    match a, b:
        case Quantity(), Quantity():
            return a.row != b.row
        case Negative(), Negative():
            return _rows_differ(a.child, b.child)
        case Product(), Product():
            return any(_rows_differ(x, y) for x, y in zip(a.factors, b.factors, strict=False))
        case Apply(), Apply():
            return _rows_differ(a.argument, b.argument)
    return False
