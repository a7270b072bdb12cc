"""Training states on their way into the core and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.rows import Array, Params
from chainrule.spec import OPTIMIZERS, NetworkSpec, TrainingState

# The core's two places for moments; an optimizer with one moment says which by its name.
_SLOTS = {
    "velocity": "first",
    "first_moment": "first",
    "second_moment": "second",
    "square_sum": "second",
}


def state_arrays(
    spec: NetworkSpec,
    state: TrainingState,
    best: Params | None = None,
    rate_factor: float = 1.0,
) -> _core.StateArrays:
    """As the core reads it; moments that are absent are zero.

    `best` are the parameters of the epoch that earlier calls kept, where it is not their last one.
    """
    slots: dict[str, list[Array]] = {"first": [], "second": []}
    for moment in OPTIMIZERS[state.optimizer].moments:
        names = [f"{moment}.{name}" for name in spec.parameters]
        if all(name in state.moments for name in names):
            slots[_SLOTS[moment]] = [np.ascontiguousarray(state.moments[name]) for name in names]
    return _core.StateArrays(
        epoch=state.epoch,
        n_steps=state.n_steps,
        beta1_power=state.beta1_power,
        beta2_power=state.beta2_power,
        first=slots["first"],
        second=slots["second"],
        best=[] if best is None else [best[name] for name in spec.parameters],
        rate_factor=rate_factor,
    )


def state_from(spec: NetworkSpec, optimizer: str, saved: _core.SavedState) -> TrainingState:
    """The state that a call of the core left behind."""
    moments: Params = {}
    for moment in OPTIMIZERS[optimizer].moments:
        arrays = named_arrays(spec, getattr(saved, _SLOTS[moment]))
        moments |= {f"{moment}.{name}": array for name, array in arrays.items()}
    return TrainingState(
        optimizer,
        n_steps=saved.n_steps,
        epoch=saved.epoch,
        moments=moments,
        beta1_power=saved.beta1_power,
        beta2_power=saved.beta2_power,
    )


def named_arrays(spec: NetworkSpec, arrays: list[Any]) -> Params:
    """The core's arrays, in storage order, by name and in shape."""
    return {
        name: array.reshape(shape)
        for (name, shape), array in zip(spec.parameter_shapes.items(), arrays, strict=True)
    }
