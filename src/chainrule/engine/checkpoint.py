"""What a training goes on from, and where it is kept meanwhile."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from chainrule.engine.rows import Array, Params, TrainingRows
from chainrule.spec import History, NetworkSpec, TrainingSpec, TrainingState

# Settings that change no number.
_FREE = ("n_threads", "time_limit")


@dataclass(frozen=True)
class Standing:
    """All that training goes on from after an epoch: the same bits as without a break.

    Attributes
    ----------
    params : dict of str to ndarray
        After the last epoch.
    state : TrainingState
    history : History
        Of the epochs made, where it is known.
    n_epochs : int
        Epochs of the plan that are made.
    best : dict of str to ndarray or None
        Parameters of the kept epoch; None where they are `params`.
    rate_factor : float
        The caller's on the learning rate.
    n_lowered : int
        How often the rate was lowered because numbers left the finite ones.
    stop_reason : str
        Empty as long as training goes on.
    outputs : list of ndarray
        Recorded of the validation rows, one entry an epoch.
    notes : dict
        JSON values of the caller.
    """

    params: Params
    state: TrainingState
    history: History
    n_epochs: int
    best: Params | None = None
    rate_factor: float = 1.0
    n_lowered: int = 0
    stop_reason: str = ""
    outputs: list[Array] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Fingerprint:
    """What a training is made of; the same for the run that goes on with it.

    Attributes
    ----------
    data : str
        sha256 of rows, targets, weights, validation rows.
    start : str
        sha256 of the parameters and moments that it begins with.
    settings : dict
        Network, training and metric as JSON values.
    """

    data: str
    start: str
    settings: dict[str, Any]


class Keeper(Protocol):
    """Where a training keeps its standing."""

    def begin(self, fingerprint: Fingerprint) -> Standing | None:
        """The standing to go on from; None for a beginning.

        Parameters
        ----------
        fingerprint : Fingerprint
            Of the rows and settings of this training.

        Returns
        -------
        Standing or None
        """

    def is_due(self) -> bool:
        """Whether to keep the standing after this epoch, though training goes on.

        Returns
        -------
        bool
        """

    def keep(self, standing: Standing) -> None:
        """Keep it.

        Parameters
        ----------
        standing : Standing
            Where training stands.
        """


def fingerprint_of(
    spec: NetworkSpec,
    training: TrainingSpec,
    metric: str,
    train: TrainingRows,
    validation: TrainingRows | None,
    params: Params,
    state: TrainingState,
    first_epoch: int,
) -> Fingerprint:
    """Of the arguments of a fit, as the core takes them."""
    form = training.to_json()
    form["seed"] = str(form["seed"])
    settings = {
        "network": spec.to_json(),
        "training": {name: value for name, value in form.items() if name not in _FREE},
        "metric": metric,
        "first_epoch": first_epoch,
        "validation": validation is not None,
        "dtype": str(train.x.dtype),
    }
    data = _digest([*_parts(train), *([] if validation is None else _parts(validation))])
    counters = np.array([state.n_steps, state.epoch, state.beta1_power, state.beta2_power])
    moments = [state.moments[name] for name in sorted(state.moments)]
    start = _digest([*(params[name] for name in spec.parameters), counters, *moments])
    return Fingerprint(data, start, json.loads(json.dumps(settings)))


def _parts(rows: TrainingRows) -> list[Any]:
    return [rows.x, rows.y, rows.classes, rows.weights, rows.rows]


def _digest(arrays: list[Any]) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        if array is None:
            digest.update(b"none")
            continue
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
    return digest.hexdigest()
