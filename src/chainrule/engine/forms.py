"""Specs as the plain dictionaries that the core reads; names become the core's numbers."""

from __future__ import annotations

from typing import Any

from chainrule.errors import SpecError
from chainrule.spec import (
    LOSSES,
    OPTIMIZERS,
    OUTPUT_ACTIVATIONS,
    SCHEDULES,
    NetworkSpec,
    Schedule,
    TrainingSpec,
)

# The order of the lists in core/kernels/*.inl and of the enums in core/train/plan.h.
_ACTIVATION_ORDER = (
    "identity",
    "sigmoid",
    "tanh",
    "relu",
    "leaky_relu",
    "elu",
    "selu",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "exp",
    "softmax",
)
ACTIVATION_CODES = {name: _ACTIVATION_ORDER.index(name) for name in OUTPUT_ACTIVATIONS}
LOSS_CODES = {name: code for code, name in enumerate(LOSSES)}
OPTIMIZER_CODES = {name: code for code, name in enumerate(OPTIMIZERS)}
SCHEDULE_CODES = {name: code for code, name in enumerate(SCHEDULES)}
METRIC_CODES = {"loss": 0, "error": 1, "rmse": 2, "mae": 3, "refined": 4}
CALLBACK_METRIC = 5

_MAX_THREADS = 256


def network_form(spec: NetworkSpec) -> dict[str, Any]:
    """The network as the core reads it; a dropout belongs to the layer before it."""
    rates = spec.dropout_rates
    periodic, categories = spec.periodic, spec.categories
    return {
        "n_features": spec.n_features,
        "input_dropout": float(rates[0]),
        "stem": {
            "columns": periodic.columns if periodic else 0,
            "frequencies": periodic.frequencies if periodic else 0,
            "outputs": periodic.outputs if periodic else 0,
            "levels": list(categories.levels) if categories else [],
            "units": categories.units if categories else 0,
            "scale": spec.scale is not None,
        },
        "layers": [
            {
                "units": layer.units,
                "activation": ACTIVATION_CODES[layer.activation],
                "ntk": layer.ntk,
                "dropout": float(rate),
                "blend": layer.blend,
            }
            for layer, rate in zip(spec.dense, rates[1:], strict=True)
        ],
        "loss": LOSS_CODES[spec.loss.name],
        "huber_delta": float(spec.loss.huber_delta),
        "quantiles": [float(q) for q in spec.loss.quantiles],
    }


def training_form(spec: NetworkSpec, training: TrainingSpec) -> dict[str, Any]:
    """The training as the core reads it; None becomes 0, which stands for "none" or "choose"."""
    _check_factors(spec, training)
    groups = [
        [training.learning_rate_factor(name), training.weight_decay_factor(name)]
        for name in spec.parameter_shapes
    ]
    rmsprop = training.optimizer == "rmsprop"
    return {
        "optimizer": OPTIMIZER_CODES[training.optimizer],
        "learning_rate": float(training.learning_rate),
        "schedule": _schedule_form(training.schedule),
        "decay_schedule": _schedule_form(training.weight_decay_schedule),
        "dropout_schedule": _schedule_form(training.dropout_schedule),
        "groups": groups,
        "epochs": training.epochs,
        "batch_size": training.batch_size or 0,
        "mean": training.reduction == "mean",
        "l1": float(training.l1),
        "l2": float(training.l2),
        "penalty_per_batch": training.penalty_per_batch,
        "weight_decay": float(training.weight_decay),
        "clip_norm": float(training.clip_norm or 0.0),
        "patience": training.patience or 0,
        "tol": float(training.tol),
        "time_limit": float(training.time_limit or 0.0),
        "shuffle": training.shuffle,
        "seed": training.seed,
        "n_threads": thread_count(training.n_threads),
        "momentum": training.constant("momentum"),
        "beta1": training.constant("beta1"),
        "beta2": training.constant("rho" if rmsprop else "beta2"),
        "epsilon": training.constant("epsilon"),
        "epsilon_hat": training.epsilon_hat,
    }


def _schedule_form(schedule: Schedule) -> dict[str, Any]:
    return {"kind": SCHEDULE_CODES[schedule.name], **schedule.constants}


def thread_count(n_threads: int | None) -> int:
    """0, which lets the core choose, for None; never more threads than any machine has use for."""
    return min(n_threads or 0, _MAX_THREADS)


def metric_code(metric: Any) -> int:
    """The core's number of a metric by name, or that of a caller's function."""
    if callable(metric):
        return CALLBACK_METRIC
    if not isinstance(metric, str) or metric not in METRIC_CODES:
        raise SpecError(
            f"unknown metric {metric!r}; it is one of {', '.join(METRIC_CODES)} or a function."
        )
    return METRIC_CODES[metric]


def _check_factors(spec: NetworkSpec, training: TrainingSpec) -> None:
    names = set(spec.parameter_shapes)
    known = names | {name.rstrip("0123456789") for name in names}
    for field in ("learning_rate_factors", "weight_decay_factors"):
        for key in getattr(training, field):
            if key not in known:
                raise SpecError(
                    f"{field} names '{key}', which this network lacks; it has {', '.join(names)}."
                )
