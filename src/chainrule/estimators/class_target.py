"""What a classifier learns about y: its classes, their weights, and an honest temperature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.calibration import Temperature, refined_log_loss
from chainrule.estimators.metrics import CLASSIFIER_METRICS, EngineMetric, engine_metric
from chainrule.estimators.rows import Rows
from chainrule.estimators.targets import Labels, read_target
from chainrule.estimators.weights import class_weights

LOSSES = ("cross_entropy", "binary_cross_entropy")  # one label a row, several


@dataclass(frozen=True)
class ClassTarget:
    """Between labels and the network's outputs.

    Attributes
    ----------
    labels : Labels
    factors : ndarray, shape (n_classes,), or None
        What `class_weight` multiplies the weight of each class's rows by.
    temperature : Temperature
    """

    labels: Labels
    factors: np.ndarray | None = None
    temperature: Temperature = field(default_factory=Temperature)

    read = staticmethod(read_target)

    @classmethod
    def fit(cls, y: np.ndarray, weights: np.ndarray | None, arguments: Mapping[str, Any]) -> Self:
        """From the training labels and an estimator's arguments."""
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
    def loss(self) -> str:
        """The network's loss."""
        return LOSSES[self.labels.multilabel]

    @property
    def n_outputs(self) -> int:
        """The network's outputs."""
        return len(self.labels.classes)

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
        """What chooses the epoch; probabilities that will be calibrated are judged as such."""
        name = arguments["metric"]
        chosen = engine_metric(name, CLASSIFIER_METRICS, validation, lambda proba: proba)
        if name not in (None, "log_loss") or not arguments["calibrate"] or validation is None:
            return chosen
        y, weights, multilabel = validation.target, validation.weights, self.labels.multilabel
        return lambda proba: refined_log_loss(proba, y, weights, multilabel)

    def calibrated(self, logits: np.ndarray, y: np.ndarray, weights: np.ndarray | None) -> Self:
        """The same with a temperature from validation rows."""
        found = Temperature.fit(logits, y, weights, self.labels.multilabel)
        return replace(self, temperature=found)

    def probabilities(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated, float64, (n, n_outputs)."""
        return self.temperature.probabilities(logits, self.labels.multilabel)

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back the same bits."""
        return {
            "labels": self.labels.to_json(),
            "factors": None if self.factors is None else self.factors.tolist(),
            "beta": self.temperature.beta,
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Self:
        """Build from the JSON form."""
        factors = form["factors"]
        return cls(
            Labels.from_json(form["labels"]),
            None if factors is None else np.array(factors, np.float64),
            Temperature(float(form["beta"])),
        )
