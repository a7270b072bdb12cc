"""The activation: a = sigma(z), or its parametric form with one learned factor a unit."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.errors import SpecError
from chainrule.spec.checks import check_flag
from chainrule.spec.layers.activations import OUTPUT_ACTIVATIONS
from chainrule.spec.layers.layer import ONES, Layer, Parameter


@dataclass(frozen=True)
class Activation(Layer):
    """An elementwise function of each unit.

    Attributes
    ----------
    function : str
        One of `ACTIVATIONS`; at the output also "softmax" and "exp".
    parametric : bool
        a = z + w (sigma(z) - z) with one learned factor w a unit, the parameter
        `activation_weight` of shape (n_l,): 1 is sigma, 0 is z itself. Hidden layers only.
    """

    kind = "activation"

    function: str
    parametric: bool = False

    def check(self, where: str) -> None:
        """Raise `SpecError` for an unknown function, which lists the known ones."""
        if not isinstance(self.function, str) or self.function not in OUTPUT_ACTIVATIONS:
            raise SpecError(
                f"unknown activation {self.function!r} in {where}; "
                f"the activations are {', '.join(OUTPUT_ACTIVATIONS)}."
            )
        check_flag(f"parametric of {where}", self.parametric)

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        if not self.parametric:
            return ()
        return (Parameter("activation_weight", (n_in,), ONES),)

    def label(self) -> str:
        return f"parametric {self.function}" if self.parametric else self.function
