"""A drop-in estimator as a model file holds it, and back.

Beside the network, its training and the optimizer's state, the file keeps the arguments that are
plain values and what `warm_start` and `partial_fit` go on from.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from chainrule.errors import ModelFileError
from chainrule.estimators.arguments import check_arguments
from chainrule.estimators.mlp.arguments import RULES
from chainrule.estimators.mlp.stochastic import Optimizer
from chainrule.estimators.saved import arguments_to_json
from chainrule.files import ModelRecord
from chainrule.spec import History

# Attribute -> the series of the file's history that holds it.
SERIES = {
    "loss_curve_": "loss",
    "validation_loss_curve_": "validation_loss",
    "validation_scores_": "validation_metric",
}
COUNTS = ("n_iter_", "t_", "_no_improvement_count", "_seed")
NUMBERS = ("loss_", "best_loss_", "best_validation_score_")


def to_record(model: Any, kind: str, target: dict[str, Any]) -> ModelRecord:
    """What a model file holds of a fitted model.

    Parameters
    ----------
    model : MLPClassifier or MLPRegressor
    kind : str
    target : dict
        What the model knows of y, as JSON.
    """
    check_arguments(RULES, model.get_params(deep=False))  # as a fit would, and as `load` will
    optimizer = getattr(model, "_optimizer", None)
    names = getattr(model, "feature_names_in_", None)
    series = [name for name in SERIES if isinstance(getattr(model, name, None), list)]
    numbers = {name: getattr(model, name) for name in NUMBERS if hasattr(model, name)}
    history = History()
    for name in series:
        setattr(history, SERIES[name], list(getattr(model, name)))
    training = getattr(model, "training_", None)  # not yet in the middle of a first fit
    record = ModelRecord(kind, model.spec_, training, model._params(), history)
    record.state = None if optimizer is None else optimizer.state
    record.extra = {
        "arguments": arguments_to_json(model.get_params(deep=False)),
        "feature_names": None if names is None else list(names),
        "target": target,
        "series": series,
        "counts": {name: int(getattr(model, name)) for name in COUNTS if hasattr(model, name)},
        "numbers": {name: _number_to_json(value) for name, value in numbers.items()},
        "learning_rate": None if optimizer is None else float(optimizer.learning_rate),
    }
    return record


def restore(model: Any, record: ModelRecord) -> None:
    """Give a new model of the file's arguments and target the rest of what was fitted.

    Raises
    ------
    ModelFileError
        Where the file's network is not one of these arguments.
    """
    extra, spec = record.extra, record.spec
    history = record.history or History()
    for name in extra["series"]:
        setattr(model, name, list(getattr(history, SERIES[name])))
    stochastic = "loss_curve_" in extra["series"]  # lbfgs keeps no scores
    for name in ("validation_loss_curve_", *["validation_scores_"] * stochastic):
        model.__dict__.setdefault(name, None)
    for name, value in extra["counts"].items():
        setattr(model, name, value)
    for name, value in extra["numbers"].items():
        setattr(model, name, _number_from_json(value))
    model.n_features_in_ = spec.n_features
    if extra["feature_names"] is not None:
        model.feature_names_in_ = np.array(extra["feature_names"], dtype=object)
    model.n_layers_ = spec.n_layers + 1
    model._set_fitted(record.params, record.training)
    if record.state is not None and extra["learning_rate"] is not None:
        model._optimizer = Optimizer(extra["learning_rate"], record.state)
    if model.spec_ != spec:
        raise ModelFileError("the model's network does not fit its arguments and its target.")


def _number_to_json(value: float | None) -> float | str | None:
    """JSON has no NaN and no infinity; they are written as text."""
    if value is None or math.isfinite(value):
        return None if value is None else float(value)
    return str(float(value))


def _number_from_json(value: Any) -> float | None:
    return None if value is None else float(value)
