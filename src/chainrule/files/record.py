"""What a model file holds, as one record that names no class and no kernel."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState

Trained = tuple[dict[str, np.ndarray], History | None]


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
    state : TrainingState or None
        Counters and moments of the optimizer, from which the next fit goes on; None starts anew.
    extra : dict
        JSON values that belong to the kind: encoder, classes, feature names, temperature, ...
    others : list of (params, history)
        Further networks of the same spec and training, which make an ensemble with the first; in
        the file their arrays, and the first's, stand under "m0.W1", "m1.W1", ...
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
    state: TrainingState | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    others: list[Trained] = field(default_factory=list)
    optional: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def networks(self) -> list[Trained]:
        """Parameters and history of all networks, the first one included."""
        return [(self.params, self.history), *self.others]
