"""Sums over the rows: what every row adds, by its weight, and the mean where it is one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from chainrule.explain.derivation.step import Step
from chainrule.explain.derivation.sums import Sums
from chainrule.explain.notation.tree import (
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
    over,
    times,
)
from chainrule.reference.arrays import Array


def over_rows(step: Step, sums: Sums, values: Array, term: Callable[[int], Node]) -> Node:
    """The weighted sum or mean over the rows of `values`, of which term(r) is the node."""
    s = step.sample_weight
    if len(values) == 1 and s is None:
        return term(0)
    if s is None:
        rows = sums.sum_of(values, term)
    else:

        def weighted(r: int) -> Node:
            weight = Quantity("row_weight", float(s[r]), row=r, over_rows=True)
            node = term(r)
            return times(weight, *(node.factors if isinstance(node, Product) else (node,)))

        rows = sums.sum_of(np.asarray(s, np.float64) * values, weighted)
    if step.training.reduction == "sum":
        return rows
    if step.recorded.weight_sum == 0:
        return Number(0.0)
    return over(rows, weight_sum(step))


def weight_sum(step: Step) -> Quantity:
    """The sum of the rows' weights, which without weights is their number."""
    kind = "n_rows" if step.sample_weight is None else "weight_sum"
    return Quantity(kind, float(step.recorded.weight_sum))


def with_row(node: Node) -> Node:
    """The same with the row in every symbol."""
    match node:
        case Quantity() if node.row is not None:
            return replace(node, over_rows=True)
        case Apply():
            return replace(node, argument=with_row(node.argument))
        case Negative() | Crossed():
            return replace(node, child=with_row(node.child))
        case Sum():
            return replace(node, terms=tuple(with_row(term) for term in node.terms))
        case Product():
            return replace(node, factors=tuple(with_row(factor) for factor in node.factors))
        case Quotient():
            return replace(node, top=with_row(node.top), bottom=with_row(node.bottom))
        case Power():
            return replace(node, base=with_row(node.base))
    return node
