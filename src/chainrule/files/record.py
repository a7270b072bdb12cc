"""What a model file holds, as one record that names no class and no kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from chainrule.spec import History, NetworkSpec, TrainingSpec


class OptimizerState(Protocol):
    """What is stored of a training state; `engine.TrainingState` has it."""

    optimizer: str
    n_steps: int
    epoch: int
    moments: dict[str, np.ndarray]


@dataclass
class SavedState:
    """An optimizer's state as read from a file."""

    optimizer: str
    n_steps: int
    epoch: int
    moments: dict[str, np.ndarray]


@dataclass
class ModelRecord:
    """Everything a model file holds.

    Attributes
    ----------
    kind : str
        One of `KINDS`: which object the file makes.
    spec : NetworkSpec
    training : TrainingSpec or None
        Of the last fit; None before one.
    params : dict of str to ndarray
        Exactly the names and shapes of `spec.parameter_shapes`, all float32 or all float64.
    history : History or None
        Stored without its `seconds`, so that the same run gives the same bytes.
    state : optimizer state or None
        `optimizer`, `n_steps`, `epoch`, `moments` ("first_moment.W1", ...); None starts anew.
    extra : dict
        JSON values that belong to the kind: encoder, classes, feature names, temperature, ...
    optional : dict
        JSON values under keys that start with "x-": kept, never interpreted.
    versions : dict of str to str
        Versions of the program that wrote the file; filled in by `save_model` when empty.
    """

    kind: str
    spec: NetworkSpec
    training: TrainingSpec | None
    params: dict[str, np.ndarray]
    history: History | None = None
    state: OptimizerState | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    optional: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
