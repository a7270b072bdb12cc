"""Which equations an explanation shows, in which order: the quantity first, then its numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.unfold import ByNumber, Unfolding, is_derivative
from chainrule.explain.notation.contents import Section
from chainrule.explain.notation.slopes import influences
from chainrule.explain.notation.tree import Equation, product


class Sections:
    """Collects the sections of one explanation; one-row equations are for `row`."""

    def __init__(
        self, build: Derivation, asked: Asked, row: int, gradient: Gradient | None
    ) -> None:
        self.build, self.asked, self.row, self.gradient = build, asked, row, gradient
        self.unfolding = Unfolding(build)

    def all(self) -> list[Section]:
        """The sections of what is asked; none for an input that is a feature itself."""
        asked = self.asked
        if self.gradient is not None:
            return self._parameter(self.gradient)
        if asked.kind == "loss":
            return self._loss()
        start = {self.build.of_unit(asked.kind, asked.layer, asked.unit, self.row): 1.0}
        if asked.kind == "delta":
            return self._deltas(self.unfolding.towards_the_loss(start, -1))
        found = self.unfolding.towards_the_inputs(start)
        return [self._made(number, found[number], f"layer {number}") for number in found]

    def _parameter(self, gradient: Gradient) -> list[Section]:
        """The gradient, the derivatives in it and what they come from, the values in it."""
        layer, number = gradient.layer, self.asked.layer
        first = Section("gradient", (gradient.equation(),))
        leaves = influences(product(gradient.factors(self.row)))
        behind = {q: 1.0 for q in leaves if is_derivative(q)}
        derivatives = self.unfolding.towards_the_loss(behind, layer.at.index)
        values = {q: 1.0 for q in leaves if q.home is not None and not is_derivative(q)}
        for equation in derivatives.get(number, ()):
            own = (q for q in influences(equation.right[-1]) if q.home == layer.at.index)
            values |= {q: 1.0 for q in own if layer.is_own(q) and not is_derivative(q)}
        lowest = min((self.build.spec.walk[q.home or 0].number for q in values), default=0)
        made = self.unfolding.towards_the_inputs(values, lowest)
        if number in derivatives and not any(q.kind == "delta" for q in behind):
            down = self._section(f"from layer {number + 1} down", derivatives.pop(number))
            up = [self._made(k, made[k], f"up to layer {number + 1}") for k in made]
            return [first, down, *up, *self._deltas(derivatives)]
        below = [self._made(k, made[k], "activation") for k in made]
        return [first, *self._deltas(derivatives), *below]

    def _deltas(self, found: ByNumber) -> list[Section]:
        L = self.build.spec.n_layers
        return [
            self._section(
                "delta of the output" if number == L else f"delta of layer {number}", found[number]
            )
            for number in sorted(found)
        ]

    def _section(self, title: str, equations: Iterable[Equation]) -> Section:
        return Section(title, tuple(_without_repeats(equations)))

    def _made(self, number: int, equations: list[Equation], title: str) -> Section:
        """Values: of the units of a layer, or of what stands before layer 1."""
        if number > 0:
            return Section(title, tuple(equations))
        return self._section(title if title.startswith("up") else "inputs of layer 1", equations)

    def _loss(self) -> list[Section]:
        loss = self.build.loss
        penalty = loss.penalty()
        total = [loss.total(), *([penalty] if penalty else [])]
        return [
            Section("loss", tuple(total)),
            Section(f"loss of row {self.row}", tuple(loss.of_row(self.row))),
        ]


def _without_repeats(equations: Iterable[Equation]) -> list[Equation]:
    """The same, each equation once, each note at its first equation only."""
    seen: set[str] = set()
    out = []
    for equation in dict.fromkeys(equations):
        out.append(replace(equation, note="") if equation.note in seen else equation)
        seen.add(equation.note)
    return out
