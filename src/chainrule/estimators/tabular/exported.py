"""What stands behind the networks of a Tabular model as array operations, and its export verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.export.activations import softmax
from chainrule.export.description import Description, Output, describe, output_of
from chainrule.export.values import BOOL, FLOAT64, INT64, TEXT, Value, as_value, constant
from chainrule.spec import NetworkSpec
from chainrule.table.encode.encoder import Encoder


def description_of(
    encoder: Encoder,
    spec: NetworkSpec,
    members: Sequence[Mapping[str, np.ndarray]],
    target: ClassTarget | NumberTarget,
) -> Description:
    """A fitted model as array operations.

    Raises
    ------
    DataError
        Naming the column that an export cannot encode.
    """
    dtype = str(members[0]["W1"].dtype)
    answers = [
        output_of(number, dtype, spec.n_outputs).cast(FLOAT64) for number in range(len(members))
    ]
    is_classifier = isinstance(target, ClassTarget)
    outputs = (
        _of_classes(target, answers)
        if isinstance(target, ClassTarget)
        else _of_numbers(target, answers)
    )
    return describe(
        encoder,
        spec,
        members,
        outputs,
        logits=target.reads_logits,
        classes=target.labels.classes.tolist() if isinstance(target, ClassTarget) else None,
        scale=np.ones(1) if is_classifier else target.scale.std,
    )


def _of_classes(target: ClassTarget, logits: list[Value]) -> list[Output]:
    """The most probable label, and the probabilities: the link of the mean of beta_k z_k."""
    betas = [temperature.beta for temperature in target.temperatures]
    betas = betas * len(logits) if len(betas) == 1 else betas
    mean = _mean([z * beta for z, beta in zip(logits, betas, strict=True)])
    if target.labels.multilabel:
        proba = mean.sigmoid()
        chosen = (proba > 0.5).cast(INT64)
        return [Output("label", chosen), Output("probabilities", proba)]
    proba = softmax(mean)
    label = proba.row_argmax().rows_of(_labels(target.labels.classes))
    return [Output("label", label, is_flat=True), Output("probabilities", proba)]


def _labels(classes: np.ndarray) -> Value:
    """The classes one below the other."""
    kinds = {"b": BOOL, "i": INT64, "u": INT64, "f": FLOAT64}
    return constant(classes[:, None], kinds.get(classes.dtype.kind, TEXT))


def _of_numbers(target: NumberTarget, outputs: list[Value]) -> list[Output]:
    """The mean of the networks' predictions, each in y's units, within its range and ascending."""
    predictions = []
    for output in outputs:
        numbers = output * target.scale.std + target.scale.mean
        if np.isfinite(target.low).any():
            numbers = numbers.maximum(as_value(target.low, FLOAT64))
        if np.isfinite(target.high).any():
            numbers = numbers.minimum(as_value(target.high, FLOAT64))
        is_several = len(target.loss.quantiles) > 1
        predictions.append(numbers.row_sort() if is_several else numbers)
    is_flat = target.vector and target.n_outputs == 1
    return [Output("prediction", _mean(predictions), is_flat=is_flat)]


def _mean(values: list[Value]) -> Value:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total / float(len(values))


def expected(target: ClassTarget | NumberTarget, outputs: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The model's own answers, under the names of an export's outputs."""
    answers = target.decode(outputs)
    if isinstance(target, NumberTarget):
        return {"prediction": answers}
    return {"label": target.labels.decode(answers), "probabilities": answers}
