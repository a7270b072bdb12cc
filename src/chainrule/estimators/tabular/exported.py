"""A Tabular model as array operations, its exports, and their verification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from chainrule import engine
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.ensemble import Member
from chainrule.estimators.tabular.intervals import checked_coverage
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.export.activations import softmax
from chainrule.export.description import (
    Description,
    Output,
    describe,
    output_of,
    refuse_coverage,
)
from chainrule.export.feed import feed, trial_table
from chainrule.export.labels import label_table
from chainrule.export.values import (
    FLOAT64,
    INT64,
    Value,
    as_value,
    concatenate,
)
from chainrule.network.exports import Exports
from chainrule.spec import NetworkSpec
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import as_table


def description_of(
    encoder: Encoder,
    spec: NetworkSpec,
    members: Sequence[Mapping[str, np.ndarray]],
    target: ClassTarget | NumberTarget,
    coverage: float | None = None,
) -> Description:
    """A fitted model as array operations, with the bounds of a prediction interval if asked.

    Raises
    ------
    DataError
        Naming the column that an export cannot encode, and for a coverage that cannot be given.
    """
    dtype = str(members[0]["W1"].dtype)
    answers = [
        output_of(number, dtype, spec.n_outputs).cast(FLOAT64) for number in range(len(members))
    ]
    if isinstance(target, ClassTarget):
        refuse_coverage(coverage)
        outputs = _of_classes(target, answers)
    else:
        outputs = _of_numbers(target, answers, coverage)
    return describe(
        encoder,
        spec,
        members,
        outputs,
        logits=target.reads_logits,
        classes=target.labels.classes.tolist() if isinstance(target, ClassTarget) else None,
        scale=target.scale.std if isinstance(target, NumberTarget) else np.ones(1),
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
    label = proba.row_argmax().rows_of(label_table(target.labels.classes))
    return [Output("label", label, is_flat=True), Output("probabilities", proba)]


def _of_numbers(target: NumberTarget, outputs: list[Value], coverage: float | None) -> list[Output]:
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
    prediction = _mean(predictions)
    is_flat = target.vector and target.n_outputs == 1
    made = [Output("prediction", prediction, is_flat=is_flat)]
    if coverage is not None:
        own = predictions if target.has_errors_of_members(len(outputs)) else [prediction]
        made += _bounds(target, own, coverage)
    return made


def _bounds(target: NumberTarget, predictions: list[Value], coverage: float) -> list[Output]:
    """The bounds of every target: a prediction and an error, of all members the rank-th largest."""
    rank = target.errors.rank(checked_coverage(coverage))  # from the far end of the errors
    low, high = [], []
    for below, above in target.outputs_around(coverage):
        bounds = []
        for output, is_upper in ((below, False), (above, True)):
            moved = []
            for prediction, errors in zip(predictions, target.errors.members, strict=True):
                own = errors[-rank:, output] if is_upper else errors[:rank, output]
                start = prediction.columns([output])
                unit = start.sqrt() if target.loss.name == "poisson" else 1.0
                moved.append(as_value(own, FLOAT64) * unit + start)
            ascending = concatenate(moved).row_sort()
            place = ascending.width - rank if is_upper else rank - 1
            bounds.append(ascending.columns([place]))
        if target.loss.name == "poisson":
            bounds = [bound.maximum(0.0) for bound in bounds]
        low.append(bounds[0].minimum(bounds[1]))
        high.append(bounds[0].maximum(bounds[1]))
    return [
        Output("lower", concatenate(low), is_flat=target.vector),
        Output("upper", concatenate(high), is_flat=target.vector),
    ]


def _mean(values: list[Value]) -> Value:
    total = values[0]
    for value in values[1:]:
        total = total + value
    return total / float(len(values))


def expected(
    target: ClassTarget | NumberTarget, outputs: list[np.ndarray], coverage: float | None = None
) -> dict[str, np.ndarray]:
    """The model's own answers, under the names of an export's outputs."""
    answers = target.decode(outputs)
    if isinstance(target, ClassTarget):
        return {"label": target.labels.decode(answers), "probabilities": answers}
    found = {"prediction": answers}
    if coverage is not None:
        found["lower"], found["upper"] = np.moveaxis(target.interval(outputs, coverage), 1, 0)
    return found


class TabularExports(Exports):
    """The exports of a fitted Tabular model."""

    encoder_: Encoder
    spec_: NetworkSpec
    members_: list[Member]
    _target: ClassTarget | NumberTarget

    def _described(self, coverage: float | None, dtype: str | None) -> Description:
        check_is_fitted(self)
        members = [
            {name: array.astype(dtype or array.dtype) for name, array in member.params.items()}
            for member in self.members_
        ]
        return description_of(self.encoder_, self.spec_, members, self._target, coverage)

    def _tried(
        self, described: Description, coverage: float | None, X: Any
    ) -> tuple[dict[str, np.ndarray], dict[str, np.ndarray]]:
        table = trial_table(self.encoder_) if X is None else as_table(X)
        inputs, _ = self.encoder_.transform(table, described.dtype)
        logits = self._target.reads_logits
        outputs = [
            engine.predict(self.spec_, params, inputs, logits=logits)
            for params in described.members
        ]
        return feed(self.encoder_, table), expected(self._target, outputs, coverage)
