"""The shown equations, multiplied out again from the numbers in them.

A right side is computed from its leaves with a bound on its rounding: one unit in the last place
of a product, as many of the sum of absolute terms as a sum has terms. The left side is the
engine's, so a number that its own factors do not give stands out, whoever computed it wrongly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from chainrule.explain.notation.numbers import format_number
from chainrule.explain.notation.tree import (
    FUNCTIONS,
    Apply,
    Crossed,
    Equation,
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
from chainrule.explain.notation.verdicts import OK, WRONG, Verdict
from chainrule.explain.render.text import TextWriter

EPSILON = float(np.finfo(np.float64).eps)
FEW = 16.0  # roundings of the engine beside those of the shown operations

Bounded = tuple[float, float]  # a value, and how far rounding may have taken it


def multiplied_again(equations: Sequence[Equation]) -> Verdict | None:
    """The verdict on equations of a float64 step; None where there is none."""
    for equation in equations:
        right, error = value(equation.right[-1])
        left = equation.left.value
        if not abs(left - right) <= FEW * error and not (left != left and right != right):
            name = TextWriter(4, unicode=True).symbol(equation.left)
            again, engine = format_number(right, 8), format_number(left, 8)
            told = f"{name} is {engine} in the engine, and {again} multiplied out again"
            return Verdict("equations", WRONG, told)
    if not equations:
        return None
    count = f"{len(equations)} equations" if len(equations) > 1 else "the equation"
    return Verdict("equations", OK, f"{count} multiplied out again")


def value(node: Node) -> Bounded:
    """A node's value from its leaves, which are taken as they are."""
    match node:
        case Quantity() | Number():
            return node.value, EPSILON * abs(node.value)
        case Negative():
            child, error = value(node.child)
            return -child, error
        case Sum():
            parts = [value(term) for term in node.terms]
            if node.rest is not None:
                parts.append((node.rest.value, EPSILON * abs(node.rest.value)))
            size = math.fsum(abs(part) for part, _ in parts)
            count = len(parts) + (0 if node.rest is None else node.rest.count)
            error = math.fsum(error for _, error in parts) + EPSILON * count * size
            return math.fsum(part for part, _ in parts), error
        case Total():
            return node.value, EPSILON * node.count * abs(node.value)
        case Product():
            result, error = 1.0, 0.0
            for factor in node.factors:
                v, e = value(factor)
                result, error = result * v, abs(result) * e + abs(v) * error
            return result, error + EPSILON * abs(result)
        case Quotient():
            (top, e_top), (bottom, e_bottom) = value(node.top), value(node.bottom)
            if bottom == 0:
                return math.nan, math.nan
            result = top / bottom
            return result, (e_top + abs(result) * e_bottom) / abs(bottom) + EPSILON * abs(result)
        case Power():
            base, error = value(node.base)
            slope = node.exponent * abs(base) ** (node.exponent - 1)
            return base**node.exponent, slope * error + EPSILON * abs(base**node.exponent)
        case Crossed():  # above and below a fraction
            return 1.0, 0.0
        case Apply():
            x, error = value(node.argument)
            function = FUNCTIONS[node.function]
            spread = abs(function(x + error) - function(x - error))
            return function(x), spread + EPSILON * max(1.0, abs(function(x)))
