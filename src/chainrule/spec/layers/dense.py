"""The dense layer: z = W a + b. The only kind that is numbered, 1..L."""

from __future__ import annotations

from dataclasses import dataclass, field

from chainrule.spec.checks import check_count, check_flag
from chainrule.spec.layers.activation import Activation, check_activation
from chainrule.spec.layers.layer import SCHEME, Layer, Parameter


@dataclass(frozen=True)
class Dense(Layer):
    """A dense layer. `Dense(8, "tanh")` is short for `Dense(8), Activation("tanh")`.

    Attributes
    ----------
    units : int
        Width n_l. Parameters: W of shape (n_l, n_{l-1}) and b of shape (n_l,).
    activation : str
        Of the `Activation` that follows; "identity" in every layer of a `NetworkSpec`, where the
        activation is a layer of its own.
    ntk : bool
        Neural-tangent parametrisation: z = W a / sqrt(n_{l-1}) + b.
    parametric : bool
        Whether the activation that follows is parametric.
    """

    kind = "dense"

    units: int
    activation: str = field(default="identity", metadata={"shorthand": True})
    ntk: bool = False
    parametric: bool = field(default=False, metadata={"shorthand": True})

    def check(self, where: str) -> None:
        check_count(f"units of {where}", self.units)
        check_activation(self.activation, where)
        check_flag(f"ntk of {where}", self.ntk)
        check_flag(f"parametric of {where}", self.parametric)

    def n_out(self, n_in: int, where: str) -> int:
        return self.units

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        return (
            Parameter("W", (self.units, n_in), SCHEME, is_weight=True),
            Parameter("b", (self.units,)),
        )

    def expanded(self) -> tuple[Layer, ...]:
        if self.activation == "identity" and not self.parametric:
            return (self,)
        return (
            Dense(self.units, ntk=self.ntk),
            Activation(self.activation, parametric=self.parametric),
        )

    def label(self) -> str:
        return "ntk" if self.ntk else ""
