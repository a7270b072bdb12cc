"""Equations of one step, built from its trace: forward, loss, backward.

    z_j(l)     = sum_i w_ji(l) a_i(l-1) + b_j(l)               a_j(l) = sigma(z_j(l))
    delta(L)   = dl/da(L) * sigma'(z(L))                       or a - y where the slope cancels
    delta_j(l) = ( sum_k w_kj(l+1) delta_k(l+1) ) * sigma'(z_j(l))

where a unit that blends has a_j = z_j + alpha_j (sigma(z_j) - z_j), and for sigma'(z_j) its slope
a'(z_j) = 1 + alpha_j (sigma'(z_j) - 1). `gradient` has the gradients, `inputs` what stands before
layer 1.

The left side of each equation is the engine's number; the right side is built of other numbers of
the trace. Long sums show their `top` largest terms and state the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from chainrule.explain.derivation.activations import ACTIVATION_RULES, softmax_value
from chainrule.explain.derivation.losses import LOSS_RULES, Output
from chainrule.explain.notation.tree import (
    HALF,
    ONE,
    Equation,
    Node,
    Number,
    Quantity,
    Sum,
    add,
    minus,
    over,
    rest_of,
    times,
)
from chainrule.explain.trace import StepTrace
from chainrule.reference import losses as reference_losses
from chainrule.reference.activations import activation

# Layer kind -> what it adds to the equations; a test holds this equal to the kinds that exist.
LAYER_RULES = {
    "dense": "z = sum of w a + b, and delta passes back through w",
    "dropout": "the factor m on a, and on delta",
    "periodic": "u = 2 pi f x + theta and waves of its cosine",
    "categories": "the vector of the row's level",
    "scale": "a(0) = gamma h",
}


class Derivation:
    """Builds quantities and equations from a trace.

    Parameters
    ----------
    trace : StepTrace
    top : int or None
        Terms shown of a longer sum; None shows all.
    """

    def __init__(self, trace: StepTrace, top: int | None = None) -> None:
        self.trace = trace
        self.spec = trace.spec
        self.top = top

    # Quantities: one number of the trace each.

    def w(self, l: int, j: int, i: int) -> Quantity:
        return Quantity("w", float(self.trace.params[f"W{l}"][j, i]), l, j, i)

    def b(self, l: int, j: int) -> Quantity:
        return Quantity("b", float(self.trace.params[f"b{l}"][j]), l, j)

    def of_row(self, kind: str, l: int, j: int, r: int) -> Quantity:
        """z, a or delta of a unit in a row."""
        return Quantity(kind, float(getattr(self.trace, kind)[l][r, j]), l, j, row=r)

    def slope(self, l: int, j: int, r: int) -> Quantity:
        """da/dz of a unit in a row: sigma'(z), or a'(z) where the unit blends."""
        kind = "blended_slope" if self.spec.dense[l - 1].blend else "slope"
        return Quantity(kind, float(self.trace.slope[l][r, j]), l, j, row=r)

    def sigma(self, l: int, j: int, r: int) -> Quantity:
        """sigma(z) of a unit that blends."""
        value = activation(self.spec.dense[l - 1].activation, self.trace.z[l][r, j : j + 1])
        return Quantity("sigma", float(value[0]), l, j, row=r)

    def blend(self, l: int, j: int) -> Quantity:
        return Quantity("blend", float(self.trace.params[f"blend{l}"][j]), l, j)

    def by_activation(self, l: int, j: int, r: int) -> Quantity:
        """dl/da of a unit in a row, or of an input of layer 1 for l = 0."""
        return Quantity("dl_da", float(self.trace.dl_da(l)[r, j]), l, j, row=r)

    def y(self, j: int, r: int) -> Quantity:
        return Quantity("y", float(self.trace.targets[r, j]), None, j, row=r)

    def passing(self, l: int, i: int, r: int) -> list[Node]:
        """[m_i(l)] where dropout stands behind layer l, else nothing."""
        mask = self.trace.masks[l] if self.trace.masks else None
        return [] if mask is None else [Quantity("mask", float(mask[r, i]), l, i, row=r)]

    def scaling(self, l: int) -> list[Node]:
        """[1/sqrt(n)] for a layer in the neural-tangent parametrisation, else nothing."""
        if not self.spec.dense[l - 1].ntk:
            return []
        return [Quantity("ntk_factor", 1.0 / math.sqrt(self.spec.layer_sizes[l - 1]), l)]

    # Sums.

    def shown(self, values: Sequence[float] | np.ndarray) -> list[int]:
        """Places of the terms to show: all, or the `top` largest, largest first."""
        if self.top is None or len(values) <= self.top:
            return list(range(len(values)))
        return [int(k) for k in np.argsort(-np.abs(values), kind="stable")[: self.top]]

    def sum_of(self, values: np.ndarray, term: Callable[[int], Node], *extra: Node) -> Node:
        """The sum of `values`, of which term(k) is the node; `extra` terms always show."""
        places = self.shown(values)
        terms = (*(term(k) for k in places), *extra)
        rest = rest_of(values.tolist(), places)
        if len(terms) == 1 and rest is None:
            return terms[0]
        total = math.fsum([*values.tolist(), *(node.value for node in extra)])
        return Sum(terms, total, rest)

    # Forward.

    def pre_activation(self, l: int, j: int, r: int) -> Equation:
        """z_j(l) of a row."""
        a, mask = self.trace.a[l - 1][r], self.trace.masks[l - 1] if self.trace.masks else None
        values = self.trace.params[f"W{l}"][j] * (a if mask is None else a * mask[r])

        def term(i: int) -> Node:
            return times(self.w(l, j, i), self.of_row("a", l - 1, i, r), *self.passing(l - 1, i, r))

        scale = self.scaling(l)
        if scale:
            right: Node = add(times(*scale, self.sum_of(values, term)), self.b(l, j))
        else:
            right = self.sum_of(values, term, self.b(l, j))
        return Equation(self.of_row("z", l, j, r), (right,))

    def activation(self, l: int, j: int, r: int) -> Equation:
        """a_j(l) of a row."""
        layer = self.spec.dense[l - 1]
        name = layer.activation
        z, a = self.of_row("z", l, j, r), self.of_row("a", l, j, r)
        if name == "softmax":
            right = softmax_value(z, self._exp_sum(r), self._log_sum(r))
        elif layer.blend:
            sigma = ACTIVATION_RULES[name].value(z, self.sigma(l, j, r))
            right = add(z, times(self.blend(l, j), add(sigma, minus(z))))
            name += " blended with z"
        else:
            right = ACTIVATION_RULES[name].value(z, a)
        return Equation(a, (right,), name)

    def bend(self, l: int, j: int, r: int) -> Equation:
        """sigma(z_j(l)) of a unit that blends."""
        name, z = self.spec.dense[l - 1].activation, self.of_row("z", l, j, r)
        sigma = self.sigma(l, j, r)
        return Equation(sigma, (ACTIVATION_RULES[name].value(z, sigma),), name)

    def slopes(self, l: int, j: int, r: int) -> list[Equation]:
        """da/dz of a unit in a row, and sigma'(z) in it; nothing where the slope mixes units."""
        layer = self.spec.dense[l - 1]
        rule = ACTIVATION_RULES[layer.activation].slope
        if rule is None or self.trace.slope[l] is None:
            return []
        z, left = self.of_row("z", l, j, r), self.slope(l, j, r)
        note = f"slope of {layer.activation}"
        if not layer.blend:
            return [Equation(left, (rule(z, self.of_row("a", l, j, r)),), note)]
        own = rule(z, self.sigma(l, j, r))
        slope = Quantity("inner_slope", own.value, l, j, row=r)
        blended = add(ONE, times(self.blend(l, j), add(slope, minus(ONE))))
        return [Equation(left, (blended,), "slope of the blend"), Equation(slope, (own,), note)]

    # Loss.

    def output(self, j: int, r: int) -> Output:
        """Output j of a row, as the loss rules take it."""
        L, loss = self.spec.n_layers, self.spec.loss
        constant = None
        if loss.name == "huber":
            constant = Quantity("huber_delta", float(loss.huber_delta))
        if loss.name == "pinball":
            constant = Quantity("quantile", float(loss.quantiles[j]), None, j)
        a = self.of_row("a", L, j, r)
        fused = self.trace.slope[L] is None or loss.name in reference_losses.OF_LOGITS
        slope = Quantity("slope", 1.0, L, j, row=r) if fused else self.slope(L, j, r)
        return Output(
            a=a,
            z=self.of_row("z", L, j, r),
            y=self.y(j, r),
            slope=slope,
            target_sum=Quantity("target_sum", math.fsum(self.trace.targets[r]), row=r),
            true_class=self._true_class(r),
            log_sum=self._log_sum(r),
            constant=constant,
        )

    def _true_class(self, r: int) -> Quantity | None:
        """a of the class whose target is 1, where all others are 0."""
        y = self.trace.targets[r]
        if self.spec.loss.name != "cross_entropy" or np.count_nonzero(y) != 1 or y.max() != 1.0:
            return None
        return self.of_row("a", self.spec.n_layers, int(y.argmax()), r)

    def _exp_sum(self, r: int) -> Quantity:
        with np.errstate(over="ignore"):
            powers = np.exp(self.trace.z[-1][r].astype(np.float64))
        return Quantity("exp_sum", float(powers.sum()), row=r)

    def _log_sum(self, r: int) -> Quantity:
        z = self.trace.z[-1][r : r + 1].astype(np.float64)
        return Quantity("log_sum", float(reference_losses.log_sum_exp(z)[0, 0]), row=r)

    def row_loss(self, r: int) -> list[Equation]:
        """The loss of a row as the sum over its outputs, then each shown output's part."""
        rule = LOSS_RULES[self.spec.loss.name].value
        parts = [rule(self.output(j, r)) for j in range(self.spec.n_outputs)]
        values = np.array([part.value for part in parts])
        named = [
            Quantity("output_loss", part.value, None, j, row=r) for j, part in enumerate(parts)
        ]
        left = Quantity("row_loss", float(self.trace.losses[r]), row=r)
        if len(parts) == 1:
            return [Equation(left, (parts[0],), self.spec.loss.name)]
        shown = sorted(self.shown(values))
        total = Equation(left, (self.sum_of(values, lambda j: named[j]),), "sum over the outputs")
        return [total, *(Equation(named[j], (parts[j],), self.spec.loss.name) for j in shown)]

    def total_loss(self) -> Equation:
        """L over all rows, penalty included."""
        losses = np.asarray(self.trace.losses, np.float64)

        def term(r: int) -> Node:
            return Quantity("row_loss", float(losses[r]), row=r, over_rows=True)

        right = self.over_rows(losses, term)
        if self.trace.training.l1 or self.trace.training.l2:
            right = add(right, Quantity("penalty", self.trace.penalty))
        note = "mean of the rows" if self.trace.training.reduction == "mean" else "sum of the rows"
        return Equation(Quantity("loss", self.trace.loss), (right,), note)

    def penalty(self) -> Equation | None:
        """The penalty in the loss; None without one."""
        training = self.trace.training
        terms: list[Node] = []
        for l in range(1, self.spec.n_layers + 1):
            W = np.asarray(self.trace.W[l], np.float64)
            if training.l1:
                sizes = Quantity("w_absolute_sum", float(np.abs(W).sum()), l)
                terms.append(times(Quantity("l1", training.l1), sizes))
            if training.l2:
                squares = Quantity("w_square_sum", float((W * W).sum()), l)
                terms.append(times(HALF, Quantity("l2", training.l2), squares))
        if not terms:
            return None
        right = terms[0] if len(terms) == 1 else add(*terms)
        return Equation(Quantity("penalty", self.trace.penalty), (right,), "over all weights")

    # Backward.

    def delta(self, l: int, j: int, r: int) -> Equation:
        """delta_j(l) of a row."""
        left = self.of_row("delta", l, j, r)
        if l == self.spec.n_layers:
            rule = LOSS_RULES[self.spec.loss.name]
            return Equation(left, rule.delta(self.output(j, r)), rule.note)
        return Equation(left, (times(*self._back(l, j, r), self.slope(l, j, r)),))

    def at_activation(self, l: int, j: int, r: int) -> Equation:
        """dl/da_j(l) of a row, below the output; for l = 0 of an input of layer 1."""
        factors = self._back(l, j, r)
        right = times(*factors) if len(factors) > 1 else factors[0]
        return Equation(self.by_activation(l, j, r), (right,))

    def _back(self, l: int, j: int, r: int) -> list[Node]:
        """The factors of dl/da_j(l): the sum over the next layer, its scaling, the mask."""
        values = self.trace.params[f"W{l + 1}"][:, j] * self.trace.delta[l + 1][r]

        def term(k: int) -> Node:
            return times(self.w(l + 1, k, j), self.of_row("delta", l + 1, k, r))

        return [self.sum_of(values, term), *self.scaling(l + 1), *self.passing(l, j, r)]

    # Rows.

    def over_rows(self, values: np.ndarray, term: Callable[[int], Node]) -> Node:
        """Weighted sum or mean over the rows of `values`, of which term(r) is the node."""
        trace = self.trace
        if trace.n_rows == 1 and trace.sample_weight is None:
            return term(0)
        if trace.sample_weight is None:
            total, weighted = values, term
        else:
            s = np.asarray(trace.weights_of_rows, np.float64)
            total = s * values

            def weighted(r: int) -> Node:
                node = term(r)
                weight = Quantity("weight", float(s[r]), row=r, over_rows=True)
                parts = node.factors if hasattr(node, "factors") else (node,)
                return times(weight, *parts)

        rows = self.sum_of(total, weighted)
        if not self._mean:
            return rows
        if trace.weight_sum == 0:
            return Number(0.0)
        unweighted = trace.sample_weight is None
        size = Quantity("n_rows" if unweighted else "weight_sum", trace.weight_sum)
        return over(rows, size)

    @cached_property
    def _mean(self) -> bool:
        return self.trace.training.reduction == "mean"
