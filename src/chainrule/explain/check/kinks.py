"""Kinks: places where a slope jumps, so that left and right derivative differ.

A network computes on one side of each kink. Two computations of one derivative agree only where
they stand on the same sides; a side is z > 0 for each unit with a kink, or the sign of a residual.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.reference.forward import forward
from chainrule.reference.losses import targets
from chainrule.spec import NetworkSpec

# Slopes that jump at z = 0. elu with alpha = 1, gelu, silu, mish, softplus are smooth there.
KINKED_ACTIVATIONS = ("relu", "leaky_relu", "selu")
# Slopes that jump where the prediction meets the target; huber's does not.
KINKED_LOSSES = ("absolute_error", "pinball")
STEP = 6.06e-6  # cube root of the machine epsilon: the best h of a central difference


@dataclass(frozen=True)
class Kink:
    """One unit and row for which two computations stand on different sides."""

    layer: int
    unit: int
    row: int
    of_loss: bool = False

    def __str__(self) -> str:
        what = "loss at output" if self.of_loss else f"z{self.layer} of unit"
        return f"{what} {self.unit}, row {self.row}"


def is_smooth(spec: NetworkSpec) -> bool:
    """Whether no slope of this network or its loss ever jumps."""
    return spec.loss.name not in KINKED_LOSSES and not any(
        layer.activation in KINKED_ACTIVATIONS for layer in spec.dense
    )


def sides(spec: NetworkSpec, z: Sequence[Any], a: Sequence[Any], y: Any) -> dict[int, np.ndarray]:
    """The side of each kink: layer -> bool (n, n_l), and L + 1 -> sign of the loss's residual."""
    out: dict[int, np.ndarray] = {
        number: np.asarray(z[number]).real > 0
        for number, layer in enumerate(spec.dense, start=1)
        if layer.activation in KINKED_ACTIVATIONS
    }
    if spec.loss.name in KINKED_LOSSES:
        out[spec.n_layers + 1] = np.sign(np.asarray(a[-1]).real - targets(spec, y))
    return out


def on_kink(spec: NetworkSpec, standing: dict[int, np.ndarray]) -> list[Kink]:
    """Outputs that meet their target exactly, where the loss has a kink."""
    L = spec.n_layers
    meets = standing[L + 1] == 0 if L + 1 in standing else np.zeros((0, 0))
    return [Kink(L, int(unit), int(row), True) for row, unit in np.argwhere(meets)]


def crossed(
    spec: NetworkSpec, left: dict[int, np.ndarray], right: dict[int, np.ndarray]
) -> list[Kink]:
    """Where two sets of sides differ, first layer first."""
    found = []
    for number, side in left.items():
        for row, unit in np.argwhere(side != right[number]):
            of_loss = number > spec.n_layers
            found.append(Kink(min(number, spec.n_layers), int(unit), int(row), of_loss))
    return found


class KinkSearch:
    """Whether moving one parameter by h carries a unit across a kink."""

    def __init__(
        self, spec: NetworkSpec, params: dict[str, Any], X: np.ndarray, y: np.ndarray, masks: Any
    ) -> None:
        self.spec, self.params, self.X, self.y, self.masks = spec, params, X, y, masks

    def __call__(self, name: str, place: int) -> bool:
        if is_smooth(self.spec):
            return False
        h = STEP * max(1.0, abs(float(self.params[name].flat[place])))
        found = []
        for step in (h, -h):
            moved = self.params[name].copy()
            moved.flat[place] += step
            z, a = forward(self.spec, {**self.params, name: moved}, self.X, self.masks)
            found.append(sides(self.spec, z, a, self.y))
        return bool(crossed(self.spec, *found))
