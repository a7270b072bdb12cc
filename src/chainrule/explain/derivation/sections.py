"""Which equations an explanation shows, in which order: the quantity first, then its numbers.

Sums show their largest terms only, and what is shown next is what those terms are made of.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.notation.contents import Section
from chainrule.explain.notation.tree import Equation

_FUSED = ("cross_entropy", "binary_cross_entropy", "poisson")  # delta(L) needs no slope


class Sections:
    """Collects the sections of one explanation; one-row equations are for `row`."""

    def __init__(self, gradient: Gradient, row: int) -> None:
        self.gradient, self.row = gradient, row
        self.build, self.stem, self.asked = gradient.build, gradient.stem, gradient.asked
        self.trace, self.top = self.build.trace, self.build.top

    def all(self) -> list[Section]:
        """The sections of what is asked; none for an input that is a feature itself."""
        asked = self.asked
        if asked.is_parameter:
            first = Section("gradient", (self.gradient.equation(),))
            if asked.kind == "blend":
                return [first, *self._blend()]
            if asked.layer == 0:
                return [first, *self._before()]
            return [first, *self._weight()]
        if asked.kind == "delta":
            return self._backward(asked.layer, [asked.unit])
        return self._loss() if asked.kind == "loss" else self._forward()

    def _weight(self) -> list[Section]:
        asked, r = self.asked, self.row
        sections = self._backward(asked.layer, [asked.unit])
        below, i = asked.layer - 1, asked.source
        if i is None:
            return sections
        if below > 0:
            source = self.build.activation(below, i, r)
            made = Section("activation", (source, self.build.pre_activation(below, i, r)))
            return [*sections, made]
        return [*sections, *self._inputs([i])]

    def _blend(self) -> list[Section]:
        """dl/da of the unit and what it bends, then the deltas above it."""
        build, r, l, j = self.build, self.row, self.asked.layer, self.asked.unit
        sections = [
            Section("behind the unit", (build.at_activation(l, j, r),)),
            Section("the unit", (build.bend(l, j, r), build.pre_activation(l, j, r))),
        ]
        return [*sections, *self._above(l, [j])]

    def _before(self) -> list[Section]:
        """A parameter before layer 1: the derivatives down to it, its input, the deltas above."""
        asked, stem, r = self.asked, self.stem, self.row
        down, up = [], []
        if asked.kind in ("freq", "phase"):
            c, k = asked.unit, asked.source or 0
            inputs = stem.waves(c)
            down.append(stem.at_angle(c, k, r))
            up.append(stem.turning(c, k, r))
        else:
            inputs = [self.gradient.input]
        if asked.kind == "mix":
            up.append(stem.turning(self.gradient.column, asked.source or 0, r))
        if asked.kind == "scale":
            down.append(self.build.at_activation(0, asked.unit, r))
            up += stem.embedding(asked.unit, r)
        else:
            down += [equation for j in inputs for equation in stem.at_embedded(j, r)]
        sections = [Section("from layer 1 down", tuple(down))]
        if up:
            sections.append(Section("up to layer 1", tuple(up)))
        return [*sections, *self._above(0, inputs)]

    def _above(self, l: int, units: list[int]) -> list[Section]:
        """Deltas from layer l + 1 on, those that add most to dl/da of these units of layer l."""
        reach = np.abs(self.trace.params[f"W{l + 1}"][:, units]).sum(axis=1)
        weight = reach * np.abs(self.trace.delta[l + 1][self.row])
        focus = sorted(self.build.shown(weight))
        return self._backward(l + 1, focus, reach[focus])

    def _backward(
        self, layer: int, focus: list[int], influence: np.ndarray | None = None
    ) -> list[Section]:
        """Deltas from units of a layer up to the output, at each layer those of most influence."""
        build, r, L = self.build, self.row, self.trace.spec.n_layers
        sections = []
        influence = np.ones(len(focus)) if influence is None else influence
        for l in range(layer, L + 1):
            equations = [build.delta(l, j, r) for j in focus]
            if l < L or self.trace.spec.loss.name not in _FUSED:
                shown = focus if self.top is None else focus[:1]
                equations += [slope for j in shown for slope in build.slopes(l, j, r)]
            title = "delta of the output" if l == L else f"delta of layer {l}"
            sections.append(Section(title, tuple(_without_repeats(equations))))
            if l < L:
                W = np.abs(self.trace.params[f"W{l + 1}"][:, focus])
                reach = W @ (influence * np.abs(self.trace.slope[l][r, focus]))
                weight = reach * np.abs(self.trace.delta[l + 1][r])
                focus = sorted(build.shown(weight))
                influence = reach[focus]
        return sections

    def _forward(self) -> list[Section]:
        """z or a of a unit, and below it what it is made of, down to the inputs."""
        build, r = self.build, self.row
        focus, sections = [self.asked.unit], []
        reach = np.ones(1)
        for l in range(self.asked.layer, 0, -1):
            equations = []
            for j in focus:
                if l < self.asked.layer or self.asked.kind == "a":
                    equations.append(build.activation(l, j, r))
                equations.append(build.pre_activation(l, j, r))
            sections.append(Section(f"layer {l}", tuple(equations)))
            W = np.abs(self.trace.params[f"W{l}"][focus])
            below = reach @ W
            focus = sorted(build.shown(below * np.abs(self.trace.a[l - 1][r])))
            reach = below[focus]
        return [*sections, *self._inputs(focus)]

    def _inputs(self, places: list[int]) -> list[Section]:
        """What inputs of layer 1 are made of, where they are not the features themselves."""
        if not self.trace.spec.has_stem:
            return []
        equations = [equation for j in places for equation in self.stem.forward(j, self.row)]
        return [Section("inputs of layer 1", tuple(_without_repeats(equations)))]

    def _loss(self) -> list[Section]:
        build = self.build
        penalty = build.penalty()
        total = [build.total_loss(), *([penalty] if penalty else [])]
        return [
            Section("loss", tuple(total)),
            Section(f"loss of row {self.row}", tuple(build.row_loss(self.row))),
        ]


def _without_repeats(equations: list[Equation]) -> list[Equation]:
    """The same, each equation once, each note at its first equation only."""
    seen: set[str] = set()
    out = []
    for equation in dict.fromkeys(equations):
        out.append(replace(equation, note="") if equation.note in seen else equation)
        seen.add(equation.note)
    return out
