"""What a derivation reads of a recorded step; `explain.trace.StepTrace` is one."""

from __future__ import annotations

from typing import Any, Protocol

from chainrule.engine import Trace
from chainrule.spec import NetworkSpec, TrainingSpec


class Step(Protocol):
    """A recorded step: the engine's numbers, and what belongs to its rows.

    recorded         the engine's record
    params           by name, before the update
    X, targets       of the rows, (n, n_features) and (n, n_outputs)
    sample_weight    s of each row (n,), None where all are 1
    shares           the part of each row in the data loss, (n,)
    """

    spec: NetworkSpec
    training: TrainingSpec
    params: dict[str, Any]
    X: Any
    sample_weight: Any

    @property
    def recorded(self) -> Trace: ...

    @property
    def targets(self) -> Any: ...

    @property
    def shares(self) -> Any: ...
