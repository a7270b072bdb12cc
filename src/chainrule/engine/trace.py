"""One step of the plain path: the kernels of training, with every number kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.forms import network_form, thread_count, training_form
from chainrule.engine.rows import Array, Params, TrainingRows, parameter_list
from chainrule.engine.state import TrainingState, empty_moments, state_from
from chainrule.errors import DataError, SpecError
from chainrule.spec import NetworkSpec, TrainingSpec


@dataclass(frozen=True)
class Trace:
    """Every number of one training step, in the number type of the parameters.

    Lists have length L + 1 and are indexed by layer; entry 0 is None except `a[0]`, the input of
    layer 1, and `delta[0]` where something with parameters stands before it.

    Attributes
    ----------
    x, h : ndarray (n_samples, n_features) and (n_samples, n_0)
        The features, and what a scale multiplies to make a[0]; h is None with nothing before
        layer 1.
    z, a, slope, delta : list of ndarray (n_samples, n_l)
        Pre-activation, activation (before dropout), da/dz, and dl/dz of each row's own loss;
        delta[0] is dl/da(0).
    residual : list of ndarray or None
        sigma(z) - z of the layers with `blend`, where a = z + blend (sigma(z) - z).
    masks : list of ndarray or None
        Dropout factors, where dropout is on; the next layer receives a * mask.
    losses : ndarray (n_samples,)
    data_loss, penalty, loss : float
        Reduced over rows; l1 sum |W| + l2/2 sum W^2, by `penalty_per_batch` over `weight_sum`;
        their sum.
    weight_sum : float
        Sum of sample weights.
    grads, update, params_before, params_after : dict of str to ndarray
        Gradients of `loss`; what the step adds; the parameters.
    state_before, state_after : TrainingState
    """

    x: Array
    h: Array | None
    z: list[Array | None]
    a: list[Array]
    slope: list[Array | None]
    delta: list[Array | None]
    residual: list[Array | None]
    masks: list[Array | None]
    losses: Array
    data_loss: float
    penalty: float
    loss: float
    weight_sum: float
    grads: Params
    update: Params
    params_before: Params
    params_after: Params
    state_before: TrainingState
    state_after: TrainingState


def trace(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    *,
    sample_weight: Any = None,
    state: TrainingState | None = None,
    dropout_epoch: int | None = None,
) -> Trace:
    """The step that `training` would make on all these rows at once.

    Parameters
    ----------
    state : TrainingState, optional
        Moments to start from; zero where not given. The schedule's factor is 1.
    dropout_epoch : int, optional
        The epoch whose dropout masks are applied; None leaves dropout off.

    Raises
    ------
    DataError
        Naming the argument, row or column that cannot be used.
    """
    training = training or TrainingSpec()
    arrays = parameter_list(spec, params)
    dtype = arrays[0].dtype
    rows = TrainingRows.of(spec, dtype, X, y, sample_weight)
    before = (state or TrainingState(training.optimizer)).continued_by(training.optimizer)
    slots, moments = empty_moments(spec, training.optimizer, dtype)
    after = [np.zeros_like(array) for array in arrays]
    grads = [np.zeros_like(array) for array in arrays]
    call = _core.trace_float32 if dtype == np.float32 else _core.trace_float64
    out = call(
        network_form(spec),
        training_form(spec, training),
        arrays,
        before.form(spec),
        rows.form(),
        -1 if dropout_epoch is None else dropout_epoch,
        True,
        after,
        slots,
        grads,
    )
    names = list(spec.parameter_shapes)
    params_before = dict(zip(names, arrays, strict=True))
    params_after = dict(zip(names, after, strict=True))
    weight_sum = out["weight_sum"]
    data_loss = out["loss_sum"] / (weight_sum if training.reduction == "mean" else 1.0)
    share = 1.0 / weight_sum if training.penalty_per_batch else 1.0
    penalty = share * _penalty(params_before, training)
    return Trace(
        x=rows.x,
        h=out["h"],
        z=[None, *out["z"]],
        a=[rows.x if out["h"] is None else out["inputs"], *out["a"]],
        slope=[None, *out["slope"]],
        delta=[out["stem_delta"], *out["delta"]],
        residual=[None, *out["residual"]],
        masks=[out["input_mask"], *out["masks"]],
        losses=out["losses"].reshape(-1),
        data_loss=data_loss,
        penalty=penalty,
        loss=data_loss + penalty,
        weight_sum=weight_sum,
        grads=dict(zip(names, grads, strict=True)),
        update={name: params_after[name] - params_before[name] for name in names},
        params_before=params_before,
        params_after=params_after,
        state_before=before,
        state_after=state_from(training.optimizer, out, moments),
    )


def gradients(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    *,
    sample_weight: Any = None,
    dropout_epoch: int | None = None,
) -> tuple[float, Params]:
    """(total loss, dL/dW and dL/db by parameter name) over all rows."""
    seen = trace(
        spec, params, X, y, training, sample_weight=sample_weight, dropout_epoch=dropout_epoch
    )
    return seen.loss, seen.grads


def numeric_gradients(
    spec: NetworkSpec,
    params: Params,
    X: Any,
    y: Any,
    training: TrainingSpec | None = None,
    *,
    sample_weight: Any = None,
    dropout_epoch: int | None = None,
    indices: Mapping[str, Any] | None = None,
) -> dict[str, Array]:
    """Central differences of the total loss in float64, within one call of the core.

        (L(w + h) - L(w - h)) / 2h,   h = 6.06e-6 max(1, |w|)

    Parameters
    ----------
    indices : mapping of str to int array, optional
        Flat positions by parameter name; every element of every parameter where not given.

    Returns
    -------
    dict of str to ndarray
        One derivative per index, in order.
    """
    training = training or TrainingSpec()
    arrays = [array.astype(np.float64) for array in parameter_list(spec, params)]
    rows = TrainingRows.of(spec, np.dtype(np.float64), X, y, sample_weight)
    names = list(spec.parameter_shapes)
    if indices is None:
        indices = {name: np.arange(array.size) for name, array in zip(names, arrays, strict=True)}
    numbers, flat = [], []
    for name, chosen in indices.items():
        if name not in names:
            raise SpecError(f"the network has no parameter '{name}'; it has {', '.join(names)}.")
        picked = np.asarray(chosen, dtype=np.int64).reshape(-1)
        size = arrays[names.index(name)].size
        if len(picked) and (picked.min() < 0 or picked.max() >= size):
            raise DataError(f"indices of '{name}' must lie between 0 and {size - 1}.")
        numbers.append(np.full(len(picked), names.index(name), dtype=np.int64))
        flat.append(picked)
    values = _core.numeric_gradients(
        network_form(spec),
        training_form(spec, training),
        arrays,
        rows.form(),
        -1 if dropout_epoch is None else dropout_epoch,
        np.concatenate(numbers) if numbers else np.zeros(0, np.int64),
        np.concatenate(flat) if flat else np.zeros(0, np.int64),
        thread_count(training.n_threads),
    )
    weights = rows.weights if rows.weights is not None else np.ones(rows.n)
    share = 1.0 / weights.sum() if training.penalty_per_batch else 1.0
    parts = np.split(values, np.cumsum([len(part) for part in flat])[:-1]) if flat else []
    out: dict[str, Array] = {}
    for name, picked, part in zip(indices, flat, parts, strict=True):
        out[name] = part
        if name.startswith("W") and (training.l1 or training.l2):
            w = arrays[names.index(name)].reshape(-1)[picked]
            out[name] = part + share * _penalty_slope(w, training)
    return out


def _penalty(params: Params, training: TrainingSpec) -> float:
    if not training.l1 and not training.l2:
        return 0.0
    weights = [w.astype(np.float64) for name, w in params.items() if name.startswith("W")]
    return float(
        sum(training.l1 * np.abs(w).sum() + 0.5 * training.l2 * (w * w).sum() for w in weights)
    )


def _penalty_slope(w: Array, training: TrainingSpec) -> Array:
    """The penalty's own central difference; the data loss's rounding would hide it."""
    h = 6.06e-6 * np.maximum(1.0, np.abs(w))
    up, down = w + h, w - h
    difference = training.l1 * (np.abs(up) - np.abs(down)) + training.l2 * w * (up - down)
    slope: Array = difference / (up - down)
    return slope
