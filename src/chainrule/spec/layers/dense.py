"""The dense layer: z = W a + b. The only kind that is numbered, 1..L."""

from __future__ import annotations

from dataclasses import dataclass, field

from chainrule.spec.checks import check_count, check_flag
from chainrule.spec.layers.activation import Activation
from chainrule.spec.layers.layer import SCHEME, Layer, Parameter


@dataclass(frozen=True)
class Dense(Layer):
    """A dense layer. `Dense(8, "tanh")` is short for `Dense(8), Activation("tanh")`.

    Attributes
    ----------
    units : int
        Width n_l. Parameters: W of shape (n_l, n_{l-1}) and b of shape (n_l,).
    activation : str or Activation
        The activation that follows, by name or as a layer; "identity" in every dense layer of a
        `NetworkSpec`, where the activation is a layer of its own.
    ntk : bool
        Neural-tangent parametrisation: z = W a / sqrt(n_{l-1}) + b.
    """

    kind = "dense"

    units: int
    activation: str | Activation = field(default="identity", metadata={"shorthand": True})
    ntk: bool = False

    def check(self, where: str) -> None:
        check_count(f"units of {where}", self.units)
        check_flag(f"ntk of {where}", self.ntk)
        self._follows.check(where)

    @property
    def _follows(self) -> Activation:
        given = self.activation
        return given if isinstance(given, Activation) else Activation(given)

    def n_out(self, n_in: int, where: str) -> int:
        return self.units

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        return (
            Parameter("W", (self.units, n_in), SCHEME, is_weight=True),
            Parameter("b", (self.units,)),
        )

    def expanded(self) -> tuple[Layer, ...]:
        if self.activation == "identity":
            return (self,)
        return (Dense(self.units, ntk=self.ntk), self._follows)

    def label(self) -> str:
        return "W a / sqrt(n_in)" if self.ntk else ""
