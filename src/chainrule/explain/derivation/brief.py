"""The short form: the chain of one number in a few lines, whole-layer sums as one number each."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.step import Step
from chainrule.explain.derivation.unfold import is_derivative
from chainrule.explain.notation.blocks import Item, Sentence
from chainrule.explain.notation.slopes import influences
from chainrule.explain.notation.tree import Equation, Quantity, product

DEEP = 3  # layers between, from which on their sizes are told


class Chain:
    """From the number asked for to the loss, or to the inputs."""

    def __init__(self, step: Step, asked: Asked, row: int, gradient: Gradient | None) -> None:
        self.step, self.asked, self.row = step, asked, row
        self.build = Derivation(step, whole=True)
        self.gradient = gradient and Gradient(self.build, asked, gradient)

    def items(self) -> list[Item]:
        asked = self.asked
        if self.gradient is not None:
            return self._gradient(self.gradient)
        if asked.kind == "loss":
            return self._loss()
        q = self.build.of_unit(asked.kind, asked.layer, asked.unit, self.row)
        if asked.kind == "delta":
            return self._to_the_loss(q)
        found = self.build.equation(q)
        made = [] if found is None else [found]
        if found is not None and asked.kind == "a":
            made += [
                each
                for each in map(self.build.equation, influences(found.right[-1]))
                if each is not None
            ][:1]
        return list(made)

    def _gradient(self, gradient: Gradient) -> list[Item]:
        """Over the rows, of the row, and the derivative in it."""
        factors = product(gradient.factors(self.row))
        found: list[Item] = [gradient.equation()]
        if len(self.step.X) > 1:
            asked = self.asked
            kind = f"dl_d{asked.kind.lower()}"
            place = (asked.layer or None, asked.unit, asked.source)
            one = Quantity(kind, factors.value, *place, row=self.row, over_rows=True)
            found.append(Equation(one, (factors,)))
        behind = [q for q in influences(factors) if is_derivative(q)]
        return found + (self._to_the_loss(behind[0]) if behind else [])

    def _to_the_loss(self, q: Quantity) -> list[Item]:
        """The equation of a derivative, the sizes of those in between, and that of the output."""
        L = self.build.spec.n_layers
        delta = self.step.recorded.delta[L]
        assert delta is not None
        largest = int(np.argmax(np.abs(delta[self.row])))
        if self.asked.layer == L:
            largest = self.asked.unit
        equations = [self.build.equation(q), self.build.of("delta", L, largest, self.row)]
        found = [_last(each) for each in dict.fromkeys(equations) if each is not None]
        sizes = self._sizes()
        return [*found[:-1], *sizes, *found[-1:]]

    def _sizes(self) -> list[Item]:
        """How delta grows or shrinks from the output down, where the way is long."""
        L, l = self.build.spec.n_layers, max(self.asked.layer, 1)
        if L - l < DEEP:
            return []
        sizes = [_rms(self.step.recorded.delta[m], self.row) for m in range(l, L + 1)]
        if not np.isfinite(sizes).all():
            return []
        if not sizes[-1] or not sizes[0]:
            dead = max((m for m, size in enumerate(sizes, start=l) if not size), default=L)
            return [Sentence((f"every delta is 0 from layer {dead} down",))]
        factor = (sizes[0] / sizes[-1]) ** (1 / (L - l))
        return [
            Sentence(
                ("sizes of the deltas: ", sizes[-1], f" in layer {L}, ", sizes[0],
                 f" in layer {l}, times ", factor, " a layer"),
            )
        ]  # fmt: skip

    def _loss(self) -> list[Item]:
        loss = self.build.loss
        penalty = loss.penalty()
        row, *outputs = loss.of_row(self.row)
        largest = [max(outputs, key=lambda each: abs(each.left.value))] if outputs else []
        return [loss.total(), *([penalty] if penalty else []), row, *largest]


def _last(equation: Equation) -> Equation:
    """With its simplest form alone, and without a note."""
    return replace(equation, right=equation.right[-1:], note="")


def _rms(values: np.ndarray | None, row: int) -> float:
    assert values is not None
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.sqrt(np.mean(np.square(values[row]))))
