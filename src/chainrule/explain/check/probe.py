"""The loss as a function of one parameter: moved a little, and moved along the imaginary axis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from weakref import WeakKeyDictionary

import numpy as np

from chainrule import engine
from chainrule.explain.check.kinks import STEP, Kink, Sides, sides, traced_sides
from chainrule.explain.check.rounding import Sensitivity, sensitivity
from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.trace import StepTrace
from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.forward import record_forward
from chainrule.reference.gradients import H, batch_penalty, frozen_masks
from chainrule.reference.losses import penalty, row_losses, row_shares
from chainrule.spec import NetworkSpec, TrainingSpec


@dataclass(frozen=True)
class Probe:
    """One parameter of a network over some rows, in `reference/`.

    Attributes
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
    X, rows : ndarray
        (n, n_features), and the targets (n, n_outputs).
    training : TrainingSpec
    sample_weight : ndarray (n,) or None
    masks : list or None
        Of dropout, one row each.
    tensor, at : str, tuple of int
        The parameter.
    """

    spec: NetworkSpec
    params: Params
    X: Array
    rows: Array
    training: TrainingSpec
    sample_weight: Array | None
    masks: PerLayer | None
    tensor: str
    at: tuple[int, ...]

    def moved(self, step: complex) -> Params:
        """The parameters with `step` added to the one."""
        kind = complex if isinstance(step, complex) else np.float64
        tensor = self.params[self.tensor].astype(kind)
        tensor[self.at] += step
        return {**self.params, self.tensor: tensor}

    def loss(self, step: float) -> tuple[float, Sides]:
        """The total loss, and the sides of the kinks on which it is taken."""
        params = self.moved(step)
        record = record_forward(self.spec, params, self.X, self.masks)
        losses = row_losses(self.spec, record.z[-1], record.a[-1], self.rows)
        total = losses @ self._shares + penalty(self.spec, params, *self._penalty)
        return float(total), sides(self.spec, record.inputs, record.a[-1], self.rows)

    def complex_step(self) -> float:
        """Im L(w + iH) / H, exact to rounding."""
        still = record_forward(self.spec, self.params, self.X, self.masks)
        params = self.moved(1j * H)
        record = record_forward(self.spec, params, self.X, self.masks, 0, still)
        losses = row_losses(self.spec, record.z[-1], record.a[-1], self.rows)
        total = losses @ self._shares + penalty(self.spec, params, *self._penalty)
        return float(np.imag(total)) / H

    def sensitivity(self) -> Sensitivity:
        """What rounding does to this loss and its gradients."""
        return sensitivity(
            self.spec, self.params, self.X, self.rows, self.training,
            sample_weight=self.sample_weight, masks=self.masks,
        )  # fmt: skip

    @property
    def _shares(self) -> Array:
        return row_shares(len(self.X), self.sample_weight, self.training.reduction)

    @property
    def _penalty(self) -> tuple[float, float]:
        return batch_penalty(self.training, len(self.X), self.sample_weight)


@dataclass(frozen=True)
class EngineProbe(Probe):
    """The same, with the loss as the engine's forward pass has it."""

    dropout_epoch: int | None = None

    def loss(self, step: float) -> tuple[float, Sides]:
        seen = engine.trace(
            self.spec, self.moved(step), self.X, self.rows, self.training,
            sample_weight=self.sample_weight, dropout_epoch=self.dropout_epoch,
        )  # fmt: skip
        return seen.loss, traced_sides(seen, self.rows)


_SHAKEN: WeakKeyDictionary[StepTrace, Sensitivity] = WeakKeyDictionary()


def shaken(trace: StepTrace) -> Sensitivity:
    """What rounding does to a step's loss and gradients; found once a trace."""
    if trace not in _SHAKEN:
        masks = frozen_masks(trace.spec, trace.n_rows, trace.training, trace.dropout_epoch)
        _SHAKEN[trace] = sensitivity(
            trace.spec, trace.params, trace.X, trace.targets, trace.training,
            sample_weight=trace.sample_weight, masks=masks,
        )  # fmt: skip
    return _SHAKEN[trace]


def of_parameter(trace: StepTrace, tensor: str, at: tuple[int, ...]) -> Probe:
    """Over all rows of a step."""
    masks = frozen_masks(trace.spec, trace.n_rows, trace.training, trace.dropout_epoch)
    return EngineProbe(
        trace.spec, trace.params, trace.X, trace.targets, trace.training, trace.sample_weight,
        masks, tensor, at, trace.dropout_epoch,
    )  # fmt: skip


def of_unit(trace: StepTrace, layer: int, unit: int, row: int) -> Probe:
    """A row's own loss by z of a unit, which moves with its bias."""
    alone = slice(row, row + 1)
    masks = None
    if trace.dropout_epoch is not None:
        masks = [None if mask is None else mask[alone] for mask in trace.masks]
    return Probe(
        trace.spec, trace.params, trace.X[alone], trace.targets[alone], TrainingSpec(), None,
        masks, f"b{layer}", (unit,),
    )  # fmt: skip


def with_slopes(
    kink: Kink, spec: NetworkSpec, params: Params, X: Array, rows: Array, masks: PerLayer | None
) -> Kink:
    """The kink with the slopes of its row's loss on both sides, where a bias moves its unit."""
    alone = slice(kink.row, kink.row + 1)
    own = None if masks is None else [None if mask is None else mask[alone] for mask in masks]
    if kink.of_loss:
        record = record_forward(spec, params, X[alone], own)
        z, a, y = record.z[-1], record.a[-1], rows[alone]

        def loss(step: float) -> float:
            moved = a.copy()
            moved[0, kink.unit] += step
            return float(row_losses(spec, z, moved, y)[0])

    else:
        dense = spec.dense_places[kink.layer - 1].index if kink.layer else None
        if dense is None or not kind_of(spec.walk[dense + 1]).has_kink(spec.walk[dense + 1]):
            return kink
        probe = Probe(
            spec, params, X[alone], rows[alone], TrainingSpec(), None, own, f"b{kink.layer}",
            (kink.unit,),
        )  # fmt: skip

        def loss(step: float) -> float:
            return probe.loss(step)[0]

    left, right = loss(0.0) - loss(-STEP), loss(STEP) - loss(0.0)
    return replace(kink, slopes=(left / STEP, right / STEP))
