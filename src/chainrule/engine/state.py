"""What an optimizer remembers between two calls of fit."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule.engine.rows import Array
from chainrule.spec import NetworkSpec

# optimizer -> names of its moments in the core's two slots.
_MOMENT_NAMES: dict[str, tuple[str | None, str | None]] = {
    "sgd": (None, None),
    "momentum": ("velocity", None),
    "nesterov": ("velocity", None),
    "adagrad": (None, "square_sum"),
    "rmsprop": (None, "second_moment"),
    "adam": ("first_moment", "second_moment"),
    "adamw": ("first_moment", "second_moment"),
}


@dataclass
class TrainingState:
    """Counters and moments; a later fit with the same optimizer goes on from them.

    Attributes
    ----------
    optimizer : str
    n_steps : int
        Updates made since the moments were zero.
    epoch : int
        Epochs since the network was made; keys shuffling and dropout.
    moments : dict of str to ndarray
        "first_moment.W1", "second_moment.W1", "velocity.W1", ... shaped like the parameters.
    beta1_power, beta2_power : float
        beta1 ** n_steps and beta2 ** n_steps, of Adam's bias correction.
    """

    optimizer: str
    n_steps: int = 0
    epoch: int = 0
    moments: dict[str, Array] = field(default_factory=dict)
    beta1_power: float = 1.0
    beta2_power: float = 1.0

    def continued_by(self, optimizer: str) -> TrainingState:
        """Itself for the same optimizer; else zero moments, the epoch counted on."""
        if optimizer == self.optimizer:
            return self
        return TrainingState(optimizer, epoch=self.epoch)

    def form(self, spec: NetworkSpec) -> dict[str, Any]:
        """As the core reads it; moments that are absent are zero."""
        form: dict[str, Any] = {
            "epoch": self.epoch,
            "n_steps": self.n_steps,
            "beta1_power": self.beta1_power,
            "beta2_power": self.beta2_power,
        }
        for slot, moment in zip(("first", "second"), _MOMENT_NAMES[self.optimizer], strict=True):
            names = [f"{moment}.{name}" for name in spec.parameter_shapes]
            if moment is not None and all(name in self.moments for name in names):
                form[slot] = [np.ascontiguousarray(self.moments[name]) for name in names]
        return form


def empty_moments(
    spec: NetworkSpec, optimizer: str, dtype: np.dtype[Any]
) -> tuple[dict[str, list[Array]], dict[str, Array]]:
    """Arrays for the core to write into: by slot, and the same arrays by name."""
    slots: dict[str, list[Array]] = {}
    named: dict[str, Array] = {}
    for slot, moment in zip(("first", "second"), _MOMENT_NAMES[optimizer], strict=True):
        if moment is not None:
            arrays = [np.zeros(shape, dtype) for shape in spec.parameter_shapes.values()]
            slots[slot] = arrays
            named |= {
                f"{moment}.{name}": array
                for name, array in zip(spec.parameter_shapes, arrays, strict=True)
            }
    return slots, named


def state_from(optimizer: str, out: dict[str, Any], moments: dict[str, Array]) -> TrainingState:
    """The state that a call of the core left behind."""
    return TrainingState(
        optimizer,
        n_steps=out["n_steps"],
        epoch=out["epoch"],
        moments=moments,
        beta1_power=out["beta1_power"],
        beta2_power=out["beta2_power"],
    )
