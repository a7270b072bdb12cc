"""The residual block: what its layers make is added to what they read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from chainrule.errors import SpecError
from chainrule.spec.checks import check_keys
from chainrule.spec.layers.layer import Inner, Layer, ReadLayer


@dataclass(frozen=True)
class Residual(Layer):
    """out = a + f(a), where f is a list of layers one behind the other that makes as many units as
    it reads. Dense layers inside are numbered along with the others. Source: He et al., arXiv
    1512.03385.

    Attributes
    ----------
    layers : tuple of Layer
        Shorthands such as Dense(8, "tanh") become the layers that they stand for.
    """

    kind = "residual"

    layers: tuple[Layer, ...]

    def __post_init__(self) -> None:
        """Raise `SpecError` for what is no layer."""
        given = tuple(self.layers)
        if not all(isinstance(layer, Layer) for layer in given):
            raise SpecError(f"a residual block holds layers, such as Dense(8), found {given!r}.")
        layers = tuple(part for layer in given for part in layer.expanded())
        object.__setattr__(self, "layers", layers)

    def check(self, where: str) -> None:
        """Raise `SpecError` for an empty block, or a layer that cannot stand in one."""
        if not self.layers:
            raise SpecError(f"the residual block of {where} has no layers.")

    def n_out(self, n_in: int, where: str) -> int:
        """Width of its output; `SpecError` where the layers make another width."""
        width = n_in
        for layer in self.layers:
            width = layer.n_out(width, where)
        if width != n_in:
            raise SpecError(
                f"the residual block of {where} adds {width} units to {n_in}; its last layer must "
                f"make {n_in}."
            )
        return n_in

    @property
    def inside(self) -> tuple[Inner, ...]:
        return tuple(Inner(layer) for layer in self.layers)

    def to_json(self) -> dict[str, Any]:
        return {"kind": self.kind, "layers": [layer.to_json() for layer in self.layers]}

    @classmethod
    def from_json(cls, where: str, form: Mapping[str, Any], read: ReadLayer) -> Self:
        """The inverse of `to_json`; `SpecError` names an entry that cannot be."""
        check_keys(where, form, {"kind", "layers"})
        if not isinstance(form["layers"], list):
            raise SpecError(f"'layers' of {where} must be a list.")
        return cls(tuple(read(where, layer) for layer in form["layers"]))
