"""What is checked: a network with its rows, and where it stands on a kink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.explain.check.kinks import Kink, crossed, on_kink, reference_sides, traced_sides
from chainrule.explain.check.probe import with_slopes
from chainrule.explain.check.rounding import Sensitivity, sensitivity
from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.gradients import frozen_masks
from chainrule.reference.losses import targets
from chainrule.spec import NetworkSpec, TrainingSpec


@dataclass(frozen=True)
class Checked:
    """A network with rows, in the network's number type and in float64.

    Attributes
    ----------
    spec : NetworkSpec
    training : TrainingSpec
    own, params : dict of str to ndarray
        The parameters as they are, and in float64.
    X, y, weight : ndarray
        Of the rows, in float64, but the numbers that the network's type has.
    dropout_epoch : int or None
    single : bool
        Whether the network is float32.
    """

    spec: NetworkSpec
    training: TrainingSpec
    own: Params
    params: Params
    X: Array
    y: Any
    weight: Array | None
    dropout_epoch: int | None
    single: bool

    @classmethod
    def of(
        cls,
        spec: NetworkSpec,
        params: Params,
        rows: engine.TrainingRows,
        training: TrainingSpec,
        dropout_epoch: int | None,
    ) -> Checked:
        full = {name: np.ascontiguousarray(w, np.float64) for name, w in params.items()}
        y = rows.classes if rows.y is None else rows.y.astype(np.float64)
        weight = None if rows.weights is None else rows.weights.astype(np.float64)
        single = all(w.dtype == np.float32 for w in params.values())
        X = rows.x.astype(np.float64)
        return cls(spec, training, dict(params), full, X, y, weight, dropout_epoch, single)

    @property
    def masks(self) -> PerLayer | None:
        return frozen_masks(self.spec, len(self.X), self.training, self.dropout_epoch)

    @property
    def options(self) -> dict[str, Any]:
        return {"sample_weight": self.weight, "dropout_epoch": self.dropout_epoch}

    def traced(self) -> engine.Trace:
        """The engine's record in float64."""
        return engine.trace(
            self.spec, self.params, self.X, self.y, self.training, **self.options
        )  # fmt: skip

    def traced_single(self) -> engine.Trace:
        """The engine's record in float32, whose rounding has a bound worth comparing with."""
        spec = replace(self.spec, bfloat16=False)
        return engine.trace(
            spec, self.own, self.X, self.y, self.training, **self.options
        )  # fmt: skip

    def shaken(self, dtype: Any = np.float64) -> Sensitivity:
        return sensitivity(
            self.spec, self.params, self.X, self.y, self.training, sample_weight=self.weight,
            masks=self.masks, dtype=dtype,
        )  # fmt: skip

    def kinks(self) -> tuple[list[Kink], list[Kink]]:
        """Where the engine and the reference stand on different sides of a kink; and where a loss
        stands on its kink, or float32 on another side."""
        mine = traced_sides(self.traced(), self.y)
        if not mine:
            return [], []
        others = reference_sides(self.spec, self.params, self.X, self.y, self.masks)
        beside = on_kink(self.spec, mine)
        if self.single:
            beside += crossed(self.spec, mine, traced_sides(self.traced_single(), self.y))
        return crossed(self.spec, mine, others), beside

    def without(self, kinks: Sequence[Kink]) -> Checked | None:
        """The rows on a kink with weight 0; None when no row would be left."""
        if not kinks:
            return self
        weight = np.ones(len(self.X)) if self.weight is None else self.weight.copy()
        weight[sorted({kink.row for kink in kinks})] = 0.0
        return replace(self, weight=weight) if weight.any() else None

    def slopes(self, kink: Kink) -> Kink:
        rows = targets(self.spec, self.y)
        return with_slopes(kink, self.spec, self.params, self.X, rows, self.masks)
