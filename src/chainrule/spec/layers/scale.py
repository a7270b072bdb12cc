"""The scale: one learned factor for each of its inputs."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.spec.layers.layer import ONES, Layer, Parameter


@dataclass(frozen=True)
class Scale(Layer):
    """out = scale * in, unit by unit. Parameter: `scale` (n_in,)."""

    kind = "scale"

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        return (Parameter("scale", (n_in,), ONES),)

    def label(self) -> str:
        return "one factor an input"
