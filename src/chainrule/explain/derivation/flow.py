"""How much of a row's derivative passes through each unit of a layer.

    dl/dw = sum over the units k of layer m of  dz_k(m)/dw * delta_k(m)

All ways from w to the loss that lead through unit k are taken together; dz/dw comes of a complex
step of w in `reference/`, whose forward pass knows no chain rule.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.equations import Derivation
from chainrule.reference.arrays import Array, PerLayer
from chainrule.reference.forward import record_forward
from chainrule.reference.gradients import H, owner


class Flow:
    """The ways from one parameter, or from one z, to the loss of a row."""

    def __init__(self, build: Derivation, asked: Asked, row: int) -> None:
        self.build, self.step, self.row = build, build.step, row
        self.tensor = asked.tensor if asked.is_parameter else f"b{asked.layer}"  # z moves with b
        self.at = asked.at

    def through(self) -> dict[int, Array]:
        """What passes through each unit of every numbered layer that w reaches (n_l,)."""
        pairs = enumerate(zip(self._dz, self.step.recorded.delta, strict=True))
        return {
            l: np.asarray(dz * delta[self.row], np.float64)
            for l, (dz, delta) in pairs
            if l and dz is not None and delta is not None
        }

    @cached_property
    def _dz(self) -> PerLayer:
        """dz(l)/dw of the row, (n_l,) for every layer; 0 below w."""
        spec, row = self.step.spec, slice(self.row, self.row + 1)
        masks = [None if m is None else m[row] for m in self.step.recorded.masks]
        moved = self.step.params[self.tensor].astype(complex)
        moved[self.at] += 1j * H
        still = record_forward(spec, self.step.params, self.step.X[row], masks)
        first = owner(spec, self.tensor)
        a = still.inputs[spec.placed[first].index]
        record = record_forward(
            spec, {**self.step.params, self.tensor: moved}, a, masks, first, still
        )
        return [None if z is None else np.imag(z)[0] / H for z in record.z]
