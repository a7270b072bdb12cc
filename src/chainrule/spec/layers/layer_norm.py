"""Layer normalisation: every row is brought to mean 0 and variance 1 over its units."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.spec.checks import check_number
from chainrule.spec.layers.layer import ONES, Layer, Parameter


@dataclass(frozen=True)
class LayerNorm(Layer):
    """out_j = norm_gain_j (x_j - mean) / sqrt(variance + epsilon) + norm_bias_j, with the mean and
    the variance of a row over its units. Source: Ba, Kiros and Hinton, arXiv 1607.06450.

    Attributes
    ----------
    epsilon : float
        Above 0. Parameters: `norm_gain` and `norm_bias`, of shape (n,).
    """

    kind = "layer_norm"

    epsilon: float = 1e-5

    def check(self, where: str) -> None:
        check_number(f"epsilon of {where}", self.epsilon, 0.0, open_low=True)

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        return (Parameter("norm_gain", (n_in,), ONES), Parameter("norm_bias", (n_in,)))

    def label(self) -> str:
        return "layer norm"
