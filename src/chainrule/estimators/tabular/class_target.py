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
from chainrule.estimators.tabular.epoch_values import as_rows, logits_of
from chainrule.estimators.tabular.rows import Rows
from chainrule.estimators.tabular.targets import Labels, read_target
from chainrule.estimators.weights import class_weights
from chainrule.metrics import OF_CLASSES
from chainrule.metrics.functions import FunctionMetric
from chainrule.spec import Loss

LOSSES = ("cross_entropy", "binary_cross_entropy")  # one label a row, several
# Metrics of probabilities: calibration mends how sure they are, so that the epoch is chosen by what
# it knows apart from that.
_REFINED = (None, "log_loss", "brier")
# Not of several labels at once.
_OF_ONE_LABEL = ("balanced_accuracy",)


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
    is_clipped: ClassVar[bool] = False
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

    def continued(
        self, y: np.ndarray, weights: np.ndarray | None, arguments: Mapping[str, Any]
    ) -> Self:
        """That of a fit that goes on: the classes stay, and are calibrated anew.

        Raises `DataError` for a class that there is not, and `SpecError` as `fit` does.
        """
        if arguments["loss"] not in (None, self.loss.name):
            raise SpecError(
                f"loss {arguments['loss']!r} does not fit this y; use loss='{self.loss.name}'."
            )
        codes, class_weight = self.labels.encode(y), arguments["class_weight"]
        if self.labels.multilabel:
            return replace(self, temperatures=(Temperature(),))
        factors = class_weights(class_weight, self.labels.classes, codes, weights, lacking=True)
        return replace(self, factors=factors, temperatures=(Temperature(),))

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
        classes = None if multilabel else self.labels.classes
        chosen = engine_metric(name, names, validation, lambda proba: proba, classes)
        if validation is None or not arguments["calibrate"] or isinstance(name, FunctionMetric):
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
        multilabel = self.labels.multilabel
        temperatures = (
            Temperature.fit(z, rows.target, rows.weights, multilabel, n_rows=n_rows)
            for z, rows, n_rows in zip(logits, held_out, self.evidence(held_out), strict=True)
        )
        return replace(self, temperatures=tuple(temperatures))

    def evidence(self, held_out: Sequence[Rows]) -> list[float]:
        """How many rows, or groups of rows, the temperature of each member is known from.

        All held-out rows together; members that share them hold the same object. With class weights
        c it is (sum s c)^2 / sum s c^2 of the member's own rows, s their sample weights (Kish
        1965): three rows that weigh as much as three hundred others do not make six hundred.
        """
        if self.factors is None:
            counts = {id(rows): rows.count for rows in held_out}
            return [sum(counts.values())] * len(held_out)
        return [self._weighed(rows) for rows in held_out]

    def _weighed(self, rows: Rows) -> float:
        assert self.factors is not None and rows.weights is not None
        factors = self.factors[rows.target]
        s = np.divide(rows.weights, factors, out=np.zeros(len(factors)), where=factors > 0)
        share = (s @ factors) ** 2 / (s.sum() * (s @ factors**2))
        return float(rows.counted(s) * share)

    @property
    def chosen_word(self) -> str:
        """What validation rows choose."""
        return "epoch" if self.temperatures == (Temperature(),) else "epoch and temperature"

    def finished(
        self, arguments: Mapping[str, Any], n_rows: float
    ) -> Callable[[np.ndarray, Rows, np.ndarray], np.ndarray]:
        """What makes calibrated logits of a(L), by a temperature of the choosing rows.

        `n_rows` is the evidence of all validation rows, as in `adjusted`.
        """
        multilabel = self.labels.multilabel

        def finish(chosen: np.ndarray, choosing: Rows, outputs: np.ndarray) -> np.ndarray:
            z = logits_of(outputs.astype(np.float64), multilabel)
            if not arguments["calibrate"]:
                return z
            known = logits_of(chosen.astype(np.float64), multilabel)
            temperature = Temperature.fit(
                known, choosing.target, choosing.weights, multilabel, n_rows=n_rows
            )
            return temperature.beta * z

        return finish

    def answers_of(self, member: int, outputs: np.ndarray, *, final: bool = False) -> np.ndarray:
        """A member's calibrated logits: those of `finished`, or of the kept network if `final`."""
        if not final:
            return outputs
        several = len(self.temperatures) > 1
        temperature = self.temperatures[member if several else 0]
        return temperature.beta * np.asarray(outputs, np.float64)

    def link(self, logits: np.ndarray) -> np.ndarray:
        """Probabilities, (n, n_outputs)."""
        return sigmoid(logits) if self.labels.multilabel else softmax(logits)

    def joined(self, answers: np.ndarray) -> np.ndarray:
        """Probabilities from the members' calibrated logits (n_members, n, n_outputs)."""
        return self.link(answers.mean(axis=0))

    def shaped(self, proba: np.ndarray) -> np.ndarray:
        """As `predict_proba` gives them."""
        return proba

    def rows_of(self, rows: Rows) -> np.ndarray:
        """The truth as probabilities, (n, n_outputs)."""
        return as_rows(rows.target, self.n_outputs, self.loss)

    def losses_of(self, rows: Rows) -> Callable[[np.ndarray], np.ndarray]:
        """Row losses of logits (..., n, n_outputs)."""
        y = self.rows_of(rows)
        multilabel = self.labels.multilabel

        def losses(z: np.ndarray) -> np.ndarray:
            if multilabel:
                return np.asarray((np.logaddexp(0.0, z) - y * z).sum(axis=-1))
            top = z.max(axis=-1, keepdims=True)
            whole = top[..., 0] + np.log(np.exp(z - top).sum(axis=-1))
            return np.asarray(whole - (y * z).sum(axis=-1))

        return losses

    def baseline(self, y: np.ndarray, weights: np.ndarray | None) -> np.ndarray:
        """The frequency of each class among rows, which needs no columns."""
        rows = as_rows(self.encode(y), self.n_outputs, self.loss)
        return np.asarray(np.average(rows, axis=0, weights=weights))

    def trial(
        self, y: np.ndarray, weights: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray | None]:
        """(truth, certain right answers, one answer for all rows, classes), to try a metric by."""
        right = as_rows(self.encode(y), self.n_outputs, self.loss)
        same = np.broadcast_to(self.baseline(y, weights), right.shape).copy()
        return y, right, same, None if self.labels.multilabel else self.labels.classes

    def scored_truth(self, y: np.ndarray) -> np.ndarray:
        """As metrics take it."""
        return self.encode(y)

    @property
    def shown_metrics(self) -> dict[str, Callable[..., float]]:
        """What a model of this target is scored by, in order."""
        hidden = _OF_ONE_LABEL if self.labels.multilabel else ()
        return {name: metric.of for name, metric in OF_CLASSES.items() if name not in hidden}

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
        found = OF_CLASSES[known(metric or "accuracy", names)]
        return found.error(self.encode(y), proba, weights)

    def refitted(self) -> Self:
        """That of networks trained again on all rows, which leaves none to fit a temperature to.

        The temperature of the network before it softens its probabilities as they need, and never
        sharpens them: how sure a network may be above its own training is its own.
        """
        softer = (Temperature(min(known.beta, 1.0)) for known in self.temperatures)
        return replace(self, temperatures=tuple(softer))

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
