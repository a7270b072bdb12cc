"""Gradients two ways: by the chain rule, and by a complex step that does not know the chain rule.

The complex step (Squire and Trapp 1998) moves one parameter by i h along the imaginary axis:

    L(w + i h) = L(w) + i h L'(w) - h^2/2 L''(w) - ...      so      L'(w) = Im L(w + i h) / h

Nothing is subtracted, so nothing cancels, and with h = 1e-30 the terms left out are below rounding:
the derivative is as exact as the loss itself. It takes one forward pass for every parameter.

At a kink there is no derivative, and both ways give the same subgradient, as the engine does:

    an activation at z = 0         its left slope: relu 0, leaky_relu 0.01, elu 1, selu lambda alpha
    a loss with a kink             0 where the prediction is the target: such a row moves nothing
    huber at |prediction - y| = d  none: both sides have slope d
    l1 |w| at w = 0                0

Which side a number is on is asked at the point itself, never at what a step makes of it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from chainrule.reference.arrays import Array, Params, PerLayer
from chainrule.reference.backward import backward
from chainrule.reference.forward import record_forward
from chainrule.reference.losses import penalty, row_losses, row_shares, targets
from chainrule.reference.random import dropout_masks
from chainrule.spec import NetworkSpec, TrainingSpec

H = 1e-30
STACK = 1 << 16  # numbers in one stack of perturbed tensors: about a megabyte


def gradients(
    spec: NetworkSpec,
    params: Params,
    X: Array,
    y: Array,
    training: TrainingSpec,
    *,
    sample_weight: Array | None = None,
    dropout_epoch: int | None = None,
) -> tuple[float, Params]:
    """The total loss, penalty included, and its gradient by the chain rule.

    `dropout_epoch` chooses the masks of that epoch of training; None drops nothing.
    """
    masks = frozen_masks(spec, len(X), training, dropout_epoch)
    record = record_forward(spec, params, X, masks)
    losses = row_losses(spec, record.z[-1], record.a[-1], targets(spec, y))
    share = row_shares(len(X), sample_weight, training.reduction)
    l1, l2 = batch_penalty(training, len(X), sample_weight)
    loss = losses @ share + penalty(spec, params, l1, l2)
    _, grads = backward(
        spec,
        params,
        record,
        y,
        sample_weight=sample_weight,
        reduction=training.reduction,
        l1=l1,
        l2=l2,
        masks=masks,
    )
    return float(loss), grads


def complex_step(
    spec: NetworkSpec,
    params: Params,
    X: Array,
    y: Array,
    training: TrainingSpec,
    *,
    sample_weight: Array | None = None,
    dropout_epoch: int | None = None,
    indices: Mapping[str, Array] | None = None,
) -> Params:
    """The gradient of the total loss by every parameter, from forward passes alone.

    Many copies of one tensor, each with another element moved, go through the network together.
    `indices` asks for these flat places of these tensors only, and gives back one number for each.
    """
    masks = frozen_masks(spec, len(X), training, dropout_epoch)
    rows = targets(spec, y)
    share = row_shares(len(X), sample_weight, training.reduction)
    l1, l2 = batch_penalty(training, len(X), sample_weight)
    still = record_forward(spec, params, X, masks)
    widest = max(max(at.n_in, at.n_out) for at in spec.walk)
    grads: Params = {}
    for name, tensor in params.items():
        if indices is not None and name not in indices:
            continue
        places = np.arange(tensor.size) if indices is None else np.asarray(indices[name])
        first = owner(spec, name)  # the layers before it do not feel the step
        a = still.inputs[spec.placed[first].index]
        derivative = np.empty(len(places))
        n_copies = max(1, STACK // max(tensor.size, len(X) * widest))
        for start in range(0, len(places), n_copies):
            moved = places[start : start + n_copies]
            copies = np.repeat(tensor.reshape(1, -1).astype(complex), len(moved), axis=0)
            copies[np.arange(len(moved)), moved] += 1j * H
            perturbed = {**params, name: copies.reshape(-1, *tensor.shape)}
            record = record_forward(spec, perturbed, a, masks, first, still)
            losses = row_losses(spec, record.z[-1], record.a[-1], rows)  # (n_copies, n)
            loss = losses @ share + penalty(spec, perturbed, l1, l2)
            derivative[start : start + n_copies] = loss.imag / H
        grads[name] = derivative.reshape(tensor.shape) if indices is None else derivative
    return grads


def owner(spec: NetworkSpec, name: str) -> int:
    """The place in `spec.placed` of the layer that has this parameter, itself or inside it."""
    return next(
        k for k, at in enumerate(spec.placed) if any(name in part.parameters for part in at.walk())
    )


def frozen_masks(
    spec: NetworkSpec, n: int, training: TrainingSpec, epoch: int | None
) -> PerLayer | None:
    """The dropout masks that rows 0..n-1 meet in this epoch; None without an epoch."""
    return None if epoch is None else dropout_masks(spec, np.arange(n), training.seed, epoch)


def batch_penalty(
    training: TrainingSpec, n: int, sample_weight: Array | None
) -> tuple[float, float]:
    """l1 and l2, with `penalty_per_batch` over the sum of the rows' weights."""
    weights = np.ones(n) if sample_weight is None else np.asarray(sample_weight, dtype=float)
    divisor = float(weights.sum()) if training.penalty_per_batch else 1.0
    return training.l1 / divisor, training.l2 / divisor
