"""dL/d(parameter) as a sum over the rows, and what one row gives to it.

A row gives the product of factors that the parameter's layer knows, such as delta_j a_i for w_ji,
times the row's share in the loss. A weight's penalty comes to it once, for all rows.
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.rows import over_rows, weight_sum, with_row
from chainrule.explain.notation.tree import (
    Equation,
    Node,
    Quantity,
    add,
    apply,
    over,
    product,
    times,
)
from chainrule.reference.arrays import Array


class Gradient:
    """The gradient of one parameter; `of` is the same one in another derivation of the step."""

    def __init__(self, build: Derivation, asked: Asked, of: Gradient | None = None) -> None:
        self.build, self.asked, self.step, self.of = build, asked, build.step, of
        self.layer = build.owner(asked.tensor)

    def equation(self) -> Equation:
        """dL/d(parameter) over all rows, penalty included."""
        right = over_rows(self.step, self.build.sums, self.row_parts, self._term)
        penalties = [term for _, term in self.penalties()]
        if penalties:
            right = add(right, *penalties)
        return Equation(self.quantity(), (right,), self.layer.note(self.asked.kind))

    def quantity(self) -> Quantity:
        """dL/d(parameter), the engine's number."""
        asked = self.asked
        value = float(self.step.recorded.grads[asked.tensor][asked.at])
        kind = f"dL_d{asked.kind.lower()}"
        return Quantity(kind, value, asked.layer or None, asked.unit, asked.source)

    def penalties(self) -> list[tuple[str, Node]]:
        """What l2 and l1 add, once for all rows: ("l2", lambda_2 w), ..."""
        asked, training = self.asked, self.step.training
        if not self.step.spec.parameters[asked.tensor].is_weight:
            return []
        w = self.layer.parameter(asked.kind, *asked.at)
        terms: list[tuple[str, Node]] = []
        if training.l2:
            terms.append(("l2", times(Quantity("l2", training.l2), w)))
        if training.l1:
            terms.append(("l1", times(Quantity("l1", training.l1), apply("sign", w))))
        if training.penalty_per_batch:
            return [(kind, over(term, weight_sum(self.step))) for kind, term in terms]
        return terms

    @cached_property
    def row_parts(self) -> Array:
        """The product of every row's factors (n,), before its weight."""
        if self.of is not None:
            return self.of.row_parts
        rows = range(len(self.step.X))
        return np.array([math.prod(factor.value for factor in self.factors(r)) for r in rows])

    def factors(self, r: int) -> list[Node]:
        """What is multiplied in a row."""
        return self.layer.gradient(self.asked.kind, self.asked.at, r)

    def _term(self, r: int) -> Node:
        term = product(self.factors(r))
        return with_row(term) if len(self.step.X) > 1 else term
