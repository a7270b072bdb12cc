"""What a classifier learns about y: its classes, their weights, and honest temperatures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.names import class_names
from chainrule.estimators.tabular.calibration import Temperature, sigmoid, softmax
from chainrule.estimators.tabular.epoch_metric import (
    CLASSIFIER_METRICS,
    MULTILABEL_METRICS,
    EngineMetric,
    engine_metric,
    known,
)
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.tabular.targets import Labels, read_target
from chainrule.estimators.weights import class_weights, row_count
from chainrule.metrics import accuracy, auc, balanced_error, brier, log_loss
from chainrule.spec import Loss

LOSSES = ("cross_entropy", "binary_cross_entropy")  # one label a row, several
# Metrics of probabilities: calibration mends how sure they are, so that the epoch is chosen by what
# it knows apart from that.
_REFINED = (None, "log_loss", "brier")
# Metric -> how far probabilities are from class numbers or 0/1 rows, lower is better.
_ERRORS: Mapping[str, Callable[..., float]] = {
    "log_loss": log_loss,
    "brier": brier,
    "accuracy": lambda *rows: 1.0 - accuracy(*rows),
    "balanced_accuracy": balanced_error,
    "auc": lambda *rows: 1.0 - auc(*rows),
}


@dataclass(frozen=True)
class ClassTarget:
    """Between labels and the network's outputs.

    Attributes
    ----------
    labels : Labels
    factors : ndarray, shape (n_classes,), or None
        What `class_weight` multiplies the weight of each class's rows by.
    temperatures : tuple of Temperature
        One per member, or one for all of them.
    """

    labels: Labels
    factors: np.ndarray | None = None
    temperatures: tuple[Temperature, ...] = (Temperature(),)

    reads_logits: ClassVar[bool] = True
    read = staticmethod(read_target)

    @classmethod
    def fit(cls, y: np.ndarray, weights: np.ndarray | None, arguments: Mapping[str, Any]) -> Self:
        """From the training labels and an estimator's arguments.

        Raises `SpecError` where `loss` or `class_weight` does not go with these labels.
        """
        labels = Labels.fit(y)
        loss = LOSSES[labels.multilabel]
        if arguments["loss"] is not None and arguments["loss"] != loss:
            raise SpecError(f"loss {arguments['loss']!r} does not fit this y; use loss='{loss}'.")
        class_weight = arguments["class_weight"]
        if not labels.multilabel:
            codes = labels.encode(y)
            return cls(labels, class_weights(class_weight, labels.classes, codes, weights))
        if class_weight is not None:
            raise SpecError("class_weight goes with one label per row; use sample_weight.")
        return cls(labels)

    @property
    def loss(self) -> Loss:
        """The network's loss."""
        return Loss(LOSSES[self.labels.multilabel])

    @property
    def n_outputs(self) -> int:
        """The network's outputs."""
        return len(self.labels.classes)

    @property
    def output_names(self) -> tuple[str, ...]:
        """The classes as text."""
        return class_names(self.labels.classes)

    def encode(self, y: np.ndarray, noun: str = "y") -> np.ndarray:
        """Class numbers (n,), or 0/1 rows (n, n_outputs)."""
        return self.labels.encode(y, noun)

    def row_weights(self, encoded: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
        """sample_weight times class_weight."""
        if self.factors is None:
            return weights
        factors: np.ndarray = self.factors[encoded]
        return factors if weights is None else weights * factors

    def strata(self, encoded: np.ndarray) -> np.ndarray | None:
        """The groups of a stratified split."""
        return None if self.labels.multilabel else encoded

    def metric(self, validation: Rows | None, arguments: Mapping[str, Any]) -> EngineMetric:
        """What chooses the epoch; probabilities that will be calibrated are measured so."""
        name, multilabel = arguments["metric"], self.labels.multilabel
        names = MULTILABEL_METRICS if multilabel else CLASSIFIER_METRICS
        chosen = engine_metric(name, names, validation, lambda proba: proba)
        if validation is None or not arguments["calibrate"] or callable(name):
            return chosen
        if name not in _REFINED:
            return chosen
        return "refined"

    def adjusted(
        self,
        logits: Sequence[np.ndarray],
        held_out: Sequence[Rows],
        arguments: Mapping[str, Any],
    ) -> Self:
        """The same with a temperature per member, if `calibrate`.

        Parameters
        ----------
        logits : sequence of ndarray, shape (n, n_outputs)
            Of each member on its own held-out rows.
        held_out : sequence of Rows
            Those rows.
        """
        if not arguments["calibrate"]:
            return self
        counts = {id(rows): row_count(len(rows.target), rows.weights) for rows in held_out}
        n_rows, multilabel = sum(counts.values()), self.labels.multilabel
        temperatures = (
            Temperature.fit(z, rows.target, rows.weights, multilabel, n_rows=n_rows)
            for z, rows in zip(logits, held_out, strict=True)
        )
        return replace(self, temperatures=tuple(temperatures))

    def decode(self, logits: Sequence[np.ndarray]) -> np.ndarray:
        """Probabilities from the mean of the members' calibrated logits, float64, (n, n_outputs).

        That is the geometric mean of their probabilities, made to sum to 1. On eight tables of 150
        to 4,454 rows the log-loss of a bag of four was 8 % lower than with the arithmetic mean, the
        Brier score 5 %; the arithmetic mean of networks that are each as sure as they should be is
        not sure enough.
        """
        temperatures = self.temperatures
        if len(temperatures) == 1:
            temperatures = temperatures * len(logits)
        members = [
            temperature.beta * np.asarray(z, np.float64)
            for temperature, z in zip(temperatures, logits, strict=True)
        ]
        link = sigmoid if self.labels.multilabel else softmax
        return link(sum(members[1:], members[0]) / len(members))

    def error(
        self, metric: str | None, y: np.ndarray, proba: np.ndarray, weights: np.ndarray | None
    ) -> float:
        """How far probabilities are from labels, lower is better; None is 1 - accuracy."""
        names = MULTILABEL_METRICS if self.labels.multilabel else CLASSIFIER_METRICS
        return _ERRORS[known(metric or "accuracy", names)](self.encode(y), proba, weights)

    def of_member(self, member: int) -> Self:
        """That of one of the networks."""
        several = len(self.temperatures) > 1
        return replace(self, temperatures=(self.temperatures[member],)) if several else self

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back the same bits."""
        return {
            "labels": self.labels.to_json(),
            "factors": None if self.factors is None else self.factors.tolist(),
            "betas": [temperature.beta for temperature in self.temperatures],
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Self:
        """Build from the JSON form."""
        factors = form["factors"]
        betas = form["betas"] if "betas" in form else [form["beta"]]  # as the first models wrote
        return cls(
            Labels.from_json(form["labels"]),
            None if factors is None else np.array(factors, np.float64),
            tuple(Temperature(float(beta)) for beta in betas),
        )
