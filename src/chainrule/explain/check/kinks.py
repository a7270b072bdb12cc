"""Kinks: places where a slope jumps, so that left and right derivative differ.

A network computes on one side of each kink. Two computations of one derivative agree only where
they stand on the same sides; a side is z > 0 for each unit with a kink, or the sign of a residual.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.engine import Trace
from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.wiring import wires
from chainrule.explain.notation.numbers import format_number
from chainrule.reference.forward import record_forward
from chainrule.reference.losses import targets
from chainrule.spec import NetworkSpec

STEP = 6.06e-6  # cube root of the machine epsilon: the best h of a central difference
OF_LOSS = -1  # the key of the loss beside those of layers

Sides = dict[int, np.ndarray]


@dataclass(frozen=True)
class Kink:
    """One unit and row for which two computations stand on different sides.

    Attributes
    ----------
    layer, unit, row : int
        Of the z, or of the output, that stands on the kink.
    of_loss : bool
    slopes : (float, float) or None
        Of the row's loss left and right of it.
    """

    layer: int
    unit: int
    row: int
    of_loss: bool = False
    slopes: tuple[float, float] | None = None

    def __str__(self) -> str:
        what = "loss at output" if self.of_loss else f"z{self.layer} of unit"
        text = f"{what} {self.unit}, row {self.row}"
        if self.slopes is None:
            return text
        left, right = (format_number(slope, 3) for slope in self.slopes)
        return f"{text} (slope {left} left, {right} right)"


def is_smooth(spec: NetworkSpec) -> bool:
    """Whether no slope of this network or its loss ever jumps."""
    return not spec.loss.row.has_kink and not any(kind_of(at).has_kink(at) for at in spec.walk)


def sides(spec: NetworkSpec, inputs: Mapping[int, Any], a: Any, y: Any) -> Sides:
    """The side of each kink, from what every layer reads and from a(L) and y.

    `Placed.index` -> bool (n, n_in) of a layer with a kink; `OF_LOSS` -> sign of the residual.
    """
    out: Sides = {
        at.index: np.asarray(inputs[at.index]).real > 0
        for at in spec.walk
        if kind_of(at).has_kink(at)
    }
    if spec.loss.row.has_kink:
        out[OF_LOSS] = np.sign(np.asarray(a).real - targets(spec, y))
    return out


def traced_sides(trace: Trace, y: Any) -> Sides:
    """The sides on which the engine stood."""
    made = [layer.out for layer in trace.layers]
    inputs = {}
    for wire in wires(trace.spec):
        source = trace.x if wire.source is None else made[wire.source.index]
        inputs[wire.at.index] = source[:, wire.first : wire.first + wire.at.n_in]
    return sides(trace.spec, inputs, trace.a[-1], y)


def reference_sides(spec: NetworkSpec, params: dict[str, Any], X: Any, y: Any, masks: Any) -> Sides:
    """The sides on which `reference/` stands."""
    record = record_forward(spec, params, X, masks)
    return sides(spec, record.inputs, record.a[-1], y)


def on_kink(spec: NetworkSpec, standing: Sides) -> list[Kink]:
    """Outputs that meet their target exactly, where the loss has a kink."""
    meets = standing[OF_LOSS] == 0 if OF_LOSS in standing else np.zeros((0, 0))
    return [Kink(spec.n_layers, int(unit), int(row), True) for row, unit in np.argwhere(meets)]


def crossed(spec: NetworkSpec, left: Sides, right: Sides) -> list[Kink]:
    """Where two sets of sides differ, first layer first."""
    found = []
    for index, side in left.items():
        of_loss = index == OF_LOSS
        number = spec.n_layers if of_loss else spec.walk[index].number
        for row, unit in np.argwhere(side != right[index]):
            found.append(Kink(number, int(unit), int(row), of_loss))
    return found


class KinkSearch:
    """Which units are carried across a kink where one parameter moves by h."""

    def __init__(
        self, spec: NetworkSpec, params: dict[str, Any], X: np.ndarray, y: np.ndarray, masks: Any
    ) -> None:
        self.spec, self.params, self.X, self.y, self.masks = spec, params, X, y, masks

    def __call__(self, name: str, place: int) -> list[Kink]:
        """The kinks between w - h and w + h."""
        if is_smooth(self.spec):
            return []
        h = STEP * max(1.0, abs(float(self.params[name].flat[place])))
        found = []
        for step in (h, -h):
            moved = self.params[name].copy()
            moved.flat[place] += step
            perturbed = {**self.params, name: moved}
            found.append(reference_sides(self.spec, perturbed, self.X, self.y, self.masks))
        return crossed(self.spec, *found)
