"""Equations of the loss: of a row, of all rows, the penalty, and delta(L), where backward begins.

delta(L) = dl/da(L) sigma'(z(L)), or a - y where the slope cancels.
"""

from __future__ import annotations

import math

import numpy as np

from chainrule.explain.derivation.activations import log_sum
from chainrule.explain.derivation.layer import Layer
from chainrule.explain.derivation.losses import ERROR, LOSS_RULES, Output
from chainrule.explain.derivation.rows import over_rows, weight_sum
from chainrule.explain.derivation.step import Step
from chainrule.explain.derivation.sums import FEW, Sums
from chainrule.explain.notation.tree import HALF, Equation, Node, Quantity, add, over, times
from chainrule.reference.arrays import Array


class Losses:
    """The loss of a step; `last` makes z(L), and `output` a(L) of it."""

    def __init__(self, step: Step, sums: Sums, last: Layer, output: Layer) -> None:
        self.step, self.sums, self.last, self.output_layer = step, sums, last, output
        self.loss = step.spec.loss
        self.rule = LOSS_RULES[self.loss.name]

    def a(self, j: int, r: int) -> Quantity:
        (found,) = self.output_layer.shown(j, r)
        assert isinstance(found, Quantity)
        return found

    def output(self, j: int, r: int) -> Output:
        """Output j of a row, as the loss rules take it."""
        return Output(
            a=self.a(j, r),
            z=self.last.out(j, r),
            y=Quantity("y", float(self.step.targets[r, j]), None, j, row=r),
            slope=self.output_layer.output_slope(j, r),
            target_sum=Quantity("target_sum", math.fsum(self.step.targets[r]), row=r),
            true_class=self._true_class(r),
            log_sum=log_sum(self.last.numbers[r], r),
            constant=self._constant(j),
        )

    def _constant(self, j: int) -> Quantity | None:
        """The constant of the loss; of several, the one of this output."""
        for name in self.loss.row.constants:
            value = getattr(self.loss, name)
            if isinstance(value, tuple):
                return Quantity(name.removesuffix("s"), float(value[j]), None, j)
            return Quantity(name, float(value))
        return None

    def _true_class(self, r: int) -> Quantity | None:
        """a of the class whose target is 1, where all others are 0."""
        y = self.step.targets[r]
        if np.count_nonzero(y) != 1 or y.max() != 1.0:
            return None
        return self.a(int(y.argmax()), r)

    def delta(self, j: int, r: int) -> Equation:
        """delta_j(L) of a row."""
        forms = self.rule.delta(self.output(j, r))
        says = len(forms) > 1 or self.rule.note == ERROR  # nothing cancels in a single form
        return Equation(self.last.derivative(j, r), forms, self.rule.note if says else "")

    def of_row(self, r: int) -> list[Equation]:
        """The loss of a row as the sum over its outputs, then each shown output's part."""
        name = self.loss.name
        parts = [self.rule.value(self.output(j, r)) for j in range(self.step.spec.n_outputs)]
        named = [
            Quantity("output_loss", part.value, None, j, row=r) for j, part in enumerate(parts)
        ]
        left = Quantity("row_loss", float(self.step.recorded.losses[r]), row=r)
        if len(parts) == 1:
            return [Equation(left, (parts[0],), name)]
        values = [part.value for part in parts]
        right = self.sums.sum_of(values, lambda j: named[j])
        shown = sorted(self.sums.shown(values))
        return [
            Equation(left, (right,), "sum over the outputs"),
            *(Equation(named[j], (parts[j],), name) for j in shown),
        ]

    def total(self) -> Equation:
        """L over all rows, penalty included."""
        recorded, training = self.step.recorded, self.step.training
        losses = np.asarray(recorded.losses, np.float64)

        def term(r: int) -> Node:
            return Quantity("row_loss", float(losses[r]), row=r, over_rows=True)

        right = over_rows(self.step, self.sums, losses, term)
        if training.l1 or training.l2:
            right = add(right, Quantity("penalty", float(recorded.penalty)))
        note = f"{training.reduction} of the rows"
        return Equation(Quantity("loss", float(recorded.loss)), (right,), note)

    def penalty(self) -> Equation | None:
        """R, the penalty in the loss; None without one."""
        training = self.step.training
        terms: list[Node] = []
        for kind, l, weights in self._weights():
            if training.l1:
                size = math.fsum(float(np.abs(W).sum()) for W in weights)
                sizes = Quantity(f"sizes_of_{kind}", size, l)
                terms.append(times(Quantity("l1", training.l1), sizes))
            if training.l2:
                size = math.fsum(float((W * W).sum()) for W in weights)
                squares = Quantity(f"squares_of_{kind}", size, l)
                terms.append(times(HALF, Quantity("l2", training.l2), squares))
        if not terms:
            return None
        right = terms[0] if len(terms) == 1 else add(*terms)
        if training.penalty_per_batch:
            right = over(right, weight_sum(self.step))
        return Equation(
            Quantity("penalty", float(self.step.recorded.penalty)), (right,), "over all weights"
        )

    def _weights(self) -> list[tuple[str, int | None, list[Array]]]:
        """The arrays that a penalty acts on, as (kind, layer, arrays): one by one, or all together
        where whole sums stand as one number."""
        found, params = [], self.step.params
        for at in self.step.spec.walk:
            for parameter in at.layer.parameters(at.n_in):
                if parameter.is_weight:
                    W = np.asarray(params[at.name(parameter.family)], np.float64)
                    found.append((parameter.family.lower(), at.number or None, [W]))
        if self.sums.whole and len(found) > FEW:
            return [("w", None, [W for _, _, arrays in found for W in arrays])]
        return found
