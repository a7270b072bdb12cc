"""How much rounding there is in a gradient and in a loss: the reference, shaken a little.

Every operand of the forward and of the backward pass in `reference/` is multiplied by 1 + U xi, xi
normal, and to every gradient U xi times the sum of its absolute terms is added. To first order it
then moves by U times what its operands are worth to it, and rounding, which multiplies the same
operands by about 1 + eps, moves it by eps times that. So

    rounding(g) = n eps / U  root mean square of [g shaken - g]        n a few, more in long sums

is a bound for each element on its own, however much has cancelled in it and however small it is
beside others; and it is 0 where a gradient is 0 because nothing reaches it.

No shake moves a number across a kink at 0: these are looked at elsewhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from chainrule.explain.derivation.kinds import kind_of
from chainrule.explain.derivation.wiring import wires
from chainrule.reference.activations import activation_derivative
from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.forward import record_forward, with_masks
from chainrule.reference.gradients import batch_penalty
from chainrule.reference.layers import KINDS, own
from chainrule.reference.losses import (
    OF_ACTIVATION,
    OF_LOGITS,
    output_delta,
    penalty,
    row_losses,
    row_shares,
    targets,
)
from chainrule.spec import NetworkSpec, Placed, TrainingSpec

U = 2.0**-36  # large beside rounding, small beside what curves
DRAWS = 8  # the chance that all of them miss by 30 times is below 1e-11
FEW = 16.0  # roundings that one operand meets, functions of a few units in the last place included
EPSILON = {np.dtype(t): float(np.finfo(t).eps) for t in (np.float32, np.float64)}
SUMMED = 0.25  # more for each term of a layer's longest sum, whose partial sums are rounded too


@dataclass(frozen=True)
class Sensitivity:
    """What a relative change of 1 of every operand, at random, would move; to first order.

    Attributes
    ----------
    grads : dict of str to ndarray
        Of the gradient, by element.
    outputs : dict of int to ndarray
        Of what a layer makes of the rows, by `Placed.index`.
    loss : float
        Of the total loss.
    roundings : float
        How many roundings an operand meets.
    """

    grads: Params
    outputs: dict[int, Array]
    loss: float
    roundings: float

    def of(self, name: str, dtype: Any) -> Array:
        """The rounding bound of a tensor's gradient, flat, in computations of this number type."""
        bound: Array = EPSILON[np.dtype(dtype)] * self.roundings * self.grads[name].reshape(-1)
        return bound

    def of_output(self, at: Placed, row: int, unit: int) -> float:
        """The rounding bound in float64 of what a layer makes of a row."""
        return (
            EPSILON[np.dtype(np.float64)]
            * self.roundings
            * float(self.outputs[at.index][row, unit])
        )

    @property
    def of_loss(self) -> float:
        """The rounding bound of the loss in float64."""
        return EPSILON[np.dtype(np.float64)] * self.roundings * self.loss


def sensitivity(
    spec: NetworkSpec,
    params: Params,
    X: Array,
    y: Array,
    training: TrainingSpec,
    *,
    sample_weight: Array | None = None,
    masks: PerLayer | None = None,
    dtype: Any = np.float64,
) -> Sensitivity:
    """Shake the step of these rows; `dtype` says below what numbers become 0."""
    step = _Step(spec, params, X, y, training, sample_weight, masks, dtype)
    rng = np.random.default_rng(0)
    still_loss, still = step.run(None)
    moved = {name: np.zeros(g.shape) for name, g in still.items()}
    outputs = {index: np.zeros(out.shape) for index, out in step.still.outputs.items()}
    moved_loss = 0.0
    for _ in range(DRAWS):
        loss, grads = step.run(rng)
        moved_loss = math.hypot(moved_loss, loss - still_loss)
        for name, size in moved.items():
            moved[name] = np.hypot(size, grads[name] - still[name])
        for index, size in outputs.items():
            outputs[index] = np.hypot(size, step.outputs[index] - step.still.outputs[index])
    longest = max(at.n_in for at in spec.walk)
    to_one = 1.0 / (U * math.sqrt(DRAWS))
    return Sensitivity(
        {name: to_one * size for name, size in moved.items()},
        {index: to_one * size for index, size in outputs.items()},
        to_one * moved_loss + step.absolute_loss,
        FEW + SUMMED * longest + math.sqrt(len(X)),
    )


class _Step:
    """One step of the reference, with or without shakes."""

    def __init__(
        self,
        spec: NetworkSpec,
        params: Params,
        X: Array,
        y: Array,
        training: TrainingSpec,
        sample_weight: Array | None,
        masks: PerLayer | None,
        dtype: Any,
    ) -> None:
        self.spec, self.params, self.X = spec, params, X
        self.training, self.rows = training, targets(spec, y)
        self.values = with_masks(params, masks)
        self.share = row_shares(len(X), sample_weight, training.reduction)
        self.l1, self.l2 = batch_penalty(training, len(X), sample_weight)
        self.still = record_forward(spec, params, X, masks)
        # What is read by something with a kink at 0.
        self.bent = {
            wire.source.index for wire in wires(spec)
            if wire.source is not None and kind_of(wire.at).has_kink(wire.at)
        }  # fmt: skip
        if spec.loss.row.has_kink:
            self.bent.add(spec.walk[-1].index)
        # Below the smallest normal number the engine rounds to 0: so much is added everywhere.
        info = np.finfo(dtype)
        self.smallest = float(info.tiny) / float(info.eps)
        self.rng: np.random.Generator | None = None
        self.inputs: dict[int, Array] = {}
        self.outputs: dict[int, Array] = {}
        self.grads: Params = {}

    def run(self, rng: np.random.Generator | None) -> tuple[float, Params]:
        """The total loss and its gradients; None shakes nothing."""
        self.rng, self.grads, a = rng, {}, self.X
        for at in self.spec.placed:
            a = self.forward(at, a)
        z = self.outputs[self.spec.dense_places[-1].index]
        losses = row_losses(self.spec, z, a, self.rows)
        self.backward_from(self.delta(z, a))
        for name, parameter in self.spec.parameters.items():
            if parameter.is_weight and (self.l1 or self.l2):
                W = self.params[name]
                slope = self.shaken(self.l1 * np.sign(W)) + self.shaken(self.l2 * W)
                self.grads[name] = self.grads[name] + slope
            if rng is not None:
                g = self.grads[name]
                self.grads[name] = g + self.noise(np.abs(g) + self.smallest)
        penalties = penalty(self.spec, self.params, self.l1, self.l2)
        if rng is None:
            self.absolute_loss = float(self.subtracted(z, losses) @ self.share + penalties)
        return float(losses @ self.share + penalties), self.grads

    def subtracted(self, z: Array, losses: Array) -> Array:
        """The absolute terms of each row's loss (n,), of which a small loss is the difference: of
        log sum e^z - z, log(1 + e^z) - y z, or e^z - y z."""
        name = self.spec.loss.name
        if name not in OF_LOGITS:
            return np.abs(losses)
        if self.spec.output_activation == "softmax":  # the logarithm of a sum that is 1 or more
            z = z - z.max(axis=-1, keepdims=True)
            return np.asarray(1.0 + np.abs(self.rows * z).sum(axis=-1))
        without = OF_LOGITS[name][0](z, np.zeros_like(self.rows), self.spec.loss)
        return np.asarray((np.abs(without) + np.abs(self.rows * z)).sum(axis=-1))

    def noise(self, size: Array) -> Array:
        """U xi times a size."""
        assert self.rng is not None
        moved: Array = U * self.rng.standard_normal(size.shape) * size
        return moved

    def shaken(self, x: Array) -> Array:
        return x if self.rng is None else x + self.noise(np.abs(x))

    def own(self, at: Placed) -> Params:
        return {family: self.shaken(w) for family, w in own(at, self.values).items()}

    def forward(self, at: Placed, a: Array) -> Array:
        inside = [partial(self.forward, part) for part in at.inside]
        parameters = self.own(at)
        out = KINDS[at.layer.kind].forward(at.layer, parameters, a, *inside)
        if self.rng is not None and kind_of(at).slope_size and parameters:
            out = out + self.noise(np.abs(a) + np.abs(out))  # z + w (sigma - z) may cancel
        if self.rng is not None:
            out = self.shaken(out)
            if at.index in self.bent:
                point = self.still.outputs[at.index]
                out = np.where(np.sign(out) == np.sign(point), out, point)
        self.inputs[at.index], self.outputs[at.index] = a, out
        return out

    def delta(self, z: Array, a: Array) -> Array:
        """delta(L), whose difference a - y is rounded in units of |a| + |y|."""
        delta = output_delta(self.spec, z, a, self.rows)
        if self.rng is None:
            return delta
        size = np.abs(a) + np.abs(self.rows)
        if self.spec.loss.name not in OF_LOGITS:
            dl_da = OF_ACTIVATION[self.spec.loss.name][1](a, self.rows, self.spec.loss)
            slope = activation_derivative(self.spec.output_activation, z)
            size = size * np.abs(slope) + np.abs(dl_da)
        return delta + self.noise(np.broadcast_to(size, delta.shape))

    def backward_from(self, delta: Array) -> None:
        last = self.spec.dense_places[-1].index
        derivative: Any = delta
        for at in reversed([at for at in self.spec.placed if at.index <= last]):
            derivative = self.backward(at, derivative)

    def backward(self, at: Placed, dl_dout: Array) -> Array | None:
        if self.rng is not None:
            dl_dout = dl_dout + self.noise(np.abs(dl_dout) + self.smallest)
        inside = [partial(self.backward, part) for part in at.inside]
        parameters, a, kind = self.own(at), self.inputs[at.index], kind_of(at)
        dl_da, grads = KINDS[at.layer.kind].vjp(
            at.layer, parameters, a, dl_dout, self.share, *inside
        )
        if self.rng is not None and kind.slope_size and dl_da is not None:
            rounded = kind.slope_size * np.abs(dl_dout) * (dl_da != 0)  # a slope of 0 is exact
            dl_da = dl_da + self.noise(rounded)
        if self.rng is not None and grads:
            _, terms = kind.sizes(at, parameters, a, np.abs(dl_dout), self.share)
            grads = {family: g + self.noise(terms[family]) for family, g in grads.items()}
        self.grads.update({at.name(family): g for family, g in grads.items()})
        return dl_da
