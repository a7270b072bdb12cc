"""One step of the plain path: the kernels of training, with every number kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from chainrule import _core
from chainrule.engine.plans import network_plan, thread_count, training_plan
from chainrule.engine.rows import Array, Params, TrainingRows, parameter_list
from chainrule.engine.state import named_arrays, state_arrays, state_from
from chainrule.errors import DataError, SpecError
from chainrule.spec import NetworkSpec, TrainingSpec, TrainingState


@dataclass(frozen=True)
class LayerTrace:
    """The rows of one layer.

    Attributes
    ----------
    out : ndarray (n_samples, n_out)
        What it makes of its input.
    d_out : ndarray (n_samples, n_out) or None
        dl/d(out) of each row's own loss; None at the activation of the output, whose derivative
        the loss takes together with its own, and zeros where nothing below has parameters.
    shown : dict of str to ndarray
        What its kind keeps, by name: "slope" and "mask".
    """

    out: Array
    d_out: Array | None
    shown: dict[str, Array]


@dataclass(frozen=True)
class Trace:
    """Every number of one training step, in the number type of the parameters.

    Attributes
    ----------
    spec : NetworkSpec
    x : ndarray (n_samples, n_features)
        The features.
    layers : tuple of LayerTrace
        By `Placed.index`: every layer, those inside others included.
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

    spec: NetworkSpec
    x: Array
    layers: tuple[LayerTrace, ...]
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

    # Lists of length L + 1, indexed by l as in the formulas.

    @cached_property
    def z(self) -> list[Array | None]:
        """Pre-activations (n_samples, n_l); z[0] is None."""
        return [None, *(self.layers[placed.index].out for placed in self.spec.dense_places)]

    @cached_property
    def a(self) -> list[Array]:
        """a(l), which layer l + 1 multiplies, before dropout; a[0] is x where nothing stands before
        layer 1."""
        return [
            self.x if placed is None else self.layers[placed.index].out
            for placed in self.spec.a_places
        ]

    @cached_property
    def delta(self) -> list[Array | None]:
        """dl/dz(l) of each row's own loss; delta[0] is dl/da(0) where something with parameters
        stands before layer 1."""
        first = self.spec.a_places[0]
        before = None if first is None else self.layers[first.index].d_out
        return [before, *(self.layers[placed.index].d_out for placed in self.spec.dense_places)]

    @cached_property
    def slope(self) -> list[Array | None]:
        """da/dz of the activation behind layer l, 1 without one; None for l = 0 and for softmax."""
        return [None, *(self._shown("slope", l) for l in range(1, self.spec.n_layers + 1))]

    @cached_property
    def masks(self) -> list[Array | None]:
        """Dropout factors, where dropout is on: layer l + 1 receives a(l) * mask."""
        return [self._shown("mask", l) for l in range(self.spec.n_layers + 1)]

    def _shown(self, name: str, l: int) -> Array | None:
        segment = (self.layers[placed.index].shown for placed in self.spec.segments[l])
        found = next((shown[name] for shown in segment if name in shown), None)
        if found is None and name == "slope" and self.spec.activations[l] == "identity":
            return np.ones_like(self.layers[self.spec.dense_places[l - 1].index].out)
        return found


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
    """The step that `training` would make on all these rows at once, as on its whole table.

    So the mean is over the sum of these rows' weights, as for a full batch; what the same rows
    would weigh as a mini-batch of another table depends on that table's mean weight.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    X : array (n_samples, n_features)
    y : array (n_samples, n_outputs)
        For cross_entropy class numbers or rows of probabilities.
    training : TrainingSpec, optional
        Default: `TrainingSpec()`.
    sample_weight : array (n_samples,), optional
        At least 0. Default: 1 for every row.
    state : TrainingState, optional
        Moments to start from; zero where not given. The schedule's factor is 1.
    dropout_epoch : int, optional
        The epoch whose dropout masks are applied; None leaves dropout off.

    Returns
    -------
    Trace

    Raises
    ------
    DataError
        Naming the argument, row or column that cannot be used.
    """
    training = training or TrainingSpec()
    arrays = parameter_list(spec, params)
    rows = TrainingRows.of(spec, arrays[0].dtype, X, y, sample_weight)
    before = (state or TrainingState(training.optimizer)).continued_by(training.optimizer)
    out = _core.trace(
        network=network_plan(spec, arrays[0].dtype),
        training=training_plan(spec, training),
        values=arrays,
        state=state_arrays(spec, before),
        rows=rows.arrays(),
        dropout_epoch=-1 if dropout_epoch is None else dropout_epoch,
    )
    params_before = dict(zip(spec.parameters, arrays, strict=True))
    params_after = named_arrays(spec, out.state.values)
    data_loss = out.loss_sum / (out.weight_sum if training.reduction == "mean" else 1.0)
    share = 1.0 / out.weight_sum if training.penalty_per_batch else 1.0
    penalty = share * _penalty(spec, params_before, training)
    return Trace(
        spec=spec,
        x=rows.x,
        layers=_layers(spec, out),
        losses=out.losses.reshape(-1),
        data_loss=data_loss,
        penalty=penalty,
        loss=data_loss + penalty,
        weight_sum=out.weight_sum,
        grads=named_arrays(spec, out.gradients),
        update={name: params_after[name] - params_before[name] for name in spec.parameters},
        params_before=params_before,
        params_after=params_after,
        state_before=before,
        state_after=state_from(spec, training.optimizer, out.state),
    )


def _layers(spec: NetworkSpec, out: _core.Traced) -> tuple[LayerTrace, ...]:
    layers = [LayerTrace(layer.out, layer.delta, dict(layer.shown)) for layer in out.layers]
    if len(layers) < len(spec.walk):  # the activation of the output belongs to the loss
        mixes = spec.output_activation == "softmax"
        layers.append(LayerTrace(out.output, None, {} if mixes else {"slope": out.output_slope}))
    return tuple(layers)


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
    """(total loss, dL/dW and dL/db by parameter name) over all rows.

    Parameters
    ----------
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    X : array (n_samples, n_features)
    y : array (n_samples, n_outputs)
        For cross_entropy class numbers or rows of probabilities.
    training : TrainingSpec, optional
        Default: `TrainingSpec()`.
    sample_weight : array (n_samples,), optional
        At least 0. Default: 1 for every row.
    dropout_epoch : int, optional
        Freezes the dropout masks of that epoch. Default: dropout is off.

    Returns
    -------
    loss : float
    gradients : dict of str to ndarray

    Raises
    ------
    DataError, SpecError
        Naming the rows or the setting that cannot be.
    """
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
    spec : NetworkSpec
    params : dict of str to ndarray
        By name: W1, b1, ...
    X : array (n_samples, n_features)
    y : array (n_samples, n_outputs)
        For cross_entropy class numbers or rows of probabilities.
    training : TrainingSpec, optional
        Default: `TrainingSpec()`.
    sample_weight : array (n_samples,), optional
        At least 0. Default: 1 for every row.
    dropout_epoch : int, optional
        Freezes the dropout masks of that epoch. Default: dropout is off.
    indices : mapping of str to int array, optional
        Flat positions by parameter name; every element of every parameter where not given.

    Returns
    -------
    dict of str to ndarray
        One derivative per index, in order.

    Raises
    ------
    SpecError, DataError
        Naming the parameter that does not exist, or whose indices lie outside; also for the rows.
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
        network=network_plan(spec),
        training=training_plan(spec, training),
        values=arrays,
        rows=rows.arrays(),
        dropout_epoch=-1 if dropout_epoch is None else dropout_epoch,
        parameters=np.concatenate(numbers) if numbers else np.zeros(0, np.int64),
        indices=np.concatenate(flat) if flat else np.zeros(0, np.int64),
        n_threads=thread_count(training.n_threads),
    )
    weights = rows.weights if rows.weights is not None else np.ones(rows.n)
    share = 1.0 / weights.sum() if training.penalty_per_batch else 1.0
    parts = np.split(values, np.cumsum([len(part) for part in flat])[:-1]) if flat else []
    out: dict[str, Array] = {}
    for name, picked, part in zip(indices, flat, parts, strict=True):
        out[name] = part
        if spec.parameters[name].is_weight and (training.l1 or training.l2):
            w = arrays[names.index(name)].reshape(-1)[picked]
            out[name] = part + share * _penalty_slope(w, training)
    return out


def _penalty(spec: NetworkSpec, params: Params, training: TrainingSpec) -> float:
    if not training.l1 and not training.l2:
        return 0.0
    weights = [
        params[name].astype(np.float64) for name, p in spec.parameters.items() if p.is_weight
    ]
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
