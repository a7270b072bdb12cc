"""Specs as the structs that the core reads; a layer kind has the same class name on both sides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from chainrule import _core
from chainrule.errors import SpecError
from chainrule.spec import Layer, NetworkSpec, Schedule, TrainingSpec

METRICS = ("loss", "error", "rmse", "mae", "refined")
_MAX_THREADS = 256


def network_plan(spec: NetworkSpec, trained: np.dtype[Any] | None = None) -> _core.NetworkPlan:
    """The network as the core reads it; `trained` is the number type of a training step's arrays.

    Raises `SpecError` where the step would need bfloat16 and this machine has none.
    """
    bfloat16 = spec.bfloat16 and trained == np.float32
    if bfloat16:
        check_bfloat16()
    return _network_plan(spec, bfloat16)


@lru_cache(maxsize=64)  # short fits and predictions of one network would make it again and again
def _network_plan(spec: NetworkSpec, bfloat16: bool) -> _core.NetworkPlan:
    """The same, which nobody changes."""
    return _core.NetworkPlan(
        n_features=spec.n_features,
        layers=[_plan(layer) for layer in spec.layers],
        n_outputs=spec.n_outputs,
        loss=spec.loss.name,
        huber_delta=float(spec.loss.huber_delta),
        quantiles=[float(q) for q in spec.loss.quantiles],
        bfloat16=bfloat16,
    )


def check_bfloat16() -> None:
    """Whether this machine trains in bfloat16, as an error where it does not.

    Raises
    ------
    SpecError
        Where the instruction set in use has no products of bfloat16, with its name.
    """
    if not _core.has_bfloat16():
        raise SpecError(
            "training in bfloat16 needs a processor with AVX512_BF16, and this one runs "
            f"{_core.instruction_set()} without it; build the network with dtype='float32'."
        )


def _plan(value: Any) -> Any:
    """A layer, or a constant of one, as the core's class of the same name, or as it is."""
    if isinstance(value, tuple):
        return [_plan(part) for part in value]
    if not is_dataclass(value):
        return value
    if isinstance(value, Layer):
        constants = value.constants()
    else:
        constants = {f.name: getattr(value, f.name) for f in fields(value)}
    made = {name: _plan(constant) for name, constant in constants.items()}
    return getattr(_core, type(value).__name__)(**made)


def training_plan(spec: NetworkSpec, training: TrainingSpec) -> _core.TrainingPlan:
    """The training as the core reads it; None becomes 0, which stands for "none" or "choose"."""
    _check_factors(spec, training)
    plan = _core.TrainingPlan(training.optimizer)
    for name in ("learning_rate", "l1", "l2", "weight_decay", "tol"):
        setattr(plan, name, float(getattr(training, name)))
    for name in ("clip_norm", "time_limit"):
        setattr(plan, name, float(getattr(training, name) or 0.0))
    for name in ("batch_size", "patience"):
        setattr(plan, name, getattr(training, name) or 0)
    for name in ("epochs", "shuffle", "seed", "penalty_per_batch", "epsilon_hat"):
        setattr(plan, name, getattr(training, name))
    for name in ("schedule", "weight_decay_schedule", "dropout_schedule"):
        setattr(plan, name, _schedule_plan(getattr(training, name)))
    plan.mean = training.reduction == "mean"
    plan.n_threads = thread_count(training.n_threads)
    plan.groups = [
        _core.GroupPlan(training.learning_rate_factor(name), training.weight_decay_factor(name))
        for name in spec.parameters
    ]
    plan.momentum = training.constant("momentum")
    plan.beta1 = training.constant("beta1")
    plan.beta2 = training.constant("beta2") or training.constant("rho")
    plan.epsilon = training.constant("epsilon")
    return plan


def _schedule_plan(schedule: Schedule) -> _core.SchedulePlan:
    plan = _core.SchedulePlan(schedule.name)
    for name, value in schedule.constants.items():
        setattr(plan, name, value)
    return plan


def thread_count(n_threads: int | None) -> int:
    """0, which lets the core choose, for None; never more threads than any machine has use for."""
    return min(n_threads or 0, _MAX_THREADS)


def metric_name(metric: str | Callable[..., float]) -> str:
    """What the core calls a metric; a caller's function is its "callback".

    Raises `SpecError` for an unknown name.
    """
    if callable(metric):
        return "callback"
    if not isinstance(metric, str) or metric not in METRICS:
        raise SpecError(
            f"unknown metric {metric!r}; it is one of {', '.join(METRICS)} or a function."
        )
    return metric


def _check_factors(spec: NetworkSpec, training: TrainingSpec) -> None:
    names = set(spec.parameters)
    known = names | {name.rstrip("0123456789") for name in names}
    for field in ("learning_rate_factors", "weight_decay_factors"):
        for key in getattr(training, field):
            if key not in known:
                raise SpecError(
                    f"{field} names '{key}', which this network lacks; it has "
                    f"{', '.join(spec.parameters)}."
                )
