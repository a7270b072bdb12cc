"""The closed set of activations: one row each."""

from __future__ import annotations

from typing import NamedTuple


class ActivationRow(NamedTuple):
    """What is true of an activation on every floor.

    Attributes
    ----------
    has_kink : bool
        Whether its slope jumps at 0.
    is_rectifier : bool
        Whether about half of its inputs pass: weights then start by He's scheme.
    output_only : bool
    """

    has_kink: bool = False
    is_rectifier: bool = False
    output_only: bool = False


ACTIVATION_ROWS = {
    "identity": ActivationRow(),
    "sigmoid": ActivationRow(),
    "tanh": ActivationRow(),
    "relu": ActivationRow(has_kink=True, is_rectifier=True),
    "leaky_relu": ActivationRow(has_kink=True, is_rectifier=True),
    "elu": ActivationRow(is_rectifier=True),  # with alpha 1 its slope is 1 on both sides of 0
    "selu": ActivationRow(has_kink=True),
    "gelu": ActivationRow(is_rectifier=True),
    "silu": ActivationRow(is_rectifier=True),
    "mish": ActivationRow(is_rectifier=True),
    "softplus": ActivationRow(is_rectifier=True),
    "softmax": ActivationRow(output_only=True),  # the inverse link of cross_entropy
    "exp": ActivationRow(output_only=True),  # the inverse link of poisson
}
# Elementwise activations, usable in every layer, and all that the output may have.
ACTIVATIONS = tuple(name for name, row in ACTIVATION_ROWS.items() if not row.output_only)
OUTPUT_ACTIVATIONS = tuple(ACTIVATION_ROWS)
