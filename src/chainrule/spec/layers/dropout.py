"""Dropout: each unit is left out of a training step with probability `rate`."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.errors import SpecError
from chainrule.spec.checks import is_real
from chainrule.spec.layers.layer import Layer


@dataclass(frozen=True)
class Dropout(Layer):
    """Sets each input to 0 with probability `rate` in training and divides the kept by 1 - rate.

    Stands after a dense layer and what belongs to it, or first, where it drops network inputs. Has
    no parameters. Source: Srivastava et al. 2014.

    Attributes
    ----------
    rate : float
        In [0, 1).
    """

    kind = "dropout"
    draws = ("mask",)

    rate: float

    def check(self, where: str) -> None:
        """Raise `SpecError` unless the rate lies in [0, 1)."""
        if not is_real(self.rate) or not 0 <= self.rate < 1:
            raise SpecError(
                f"dropout rate of {where} must be at least 0 and below 1, found {self.rate!r}."
            )

    def label(self) -> str:
        return f"dropout {self.rate:g}"
