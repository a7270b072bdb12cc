"""A quantity that a user asks for, once its text has been read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainrule.spec import NetworkSpec, Placed

NUMBERS = {"z": 1, "a": 0, "delta": 1}  # of units, from the layer where they begin


@dataclass(frozen=True)
class Asked:
    """A parsed quantity: its kind, layer, unit (and source, for a weight), and row when given."""

    kind: str  # the family of a parameter, a key of NUMBERS, or "loss"
    layer: int = 0  # 0 also for the parameters before layer 1
    unit: int = 0
    source: int | None = None
    row: int | None = None

    @property
    def is_parameter(self) -> bool:
        return self.kind not in NUMBERS and self.kind != "loss"

    @property
    def tensor(self) -> str:
        """Name of the array that holds it: "W1", "scale", "a0"."""
        return f"{self.kind}{self.layer or ('' if self.is_parameter else 0)}"

    @property
    def at(self) -> tuple[int, ...]:
        """Its index in that array."""
        return (self.unit,) if self.source is None else (self.unit, self.source)

    @property
    def identifier(self) -> str:
        """The canonical form: "W2[1,3]"."""
        if self.kind == "loss":
            return "loss"
        return f"{self.tensor}[{','.join(str(k) for k in self.at)}]"

    @classmethod
    def of_parameter(cls, spec: NetworkSpec, tensor: str, index: Sequence[int]) -> Asked:
        """One element of a parameter by the name of its array."""
        at = owner(spec, tensor)
        return cls(tensor.removesuffix(str(at.number or "")), at.number, *index)


def owner(spec: NetworkSpec, tensor: str) -> Placed:
    """The layer that has this parameter."""
    return next(at for at in spec.walk if tensor in at.parameters)
