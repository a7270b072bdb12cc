"""Answers of a saved Tabular model without scikit-learn, whose import takes longer than they do.

What `TabularClassifier` and `TabularRegressor` answer, bit for bit, for somebody who only predicts:
the same encoder, networks and target, read from the same record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import warn_caller
from chainrule.estimators.tabular.class_target import ClassTarget
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.ranges import range_notice, read_ranges
from chainrule.files import ModelRecord
from chainrule.spec import NetworkSpec
from chainrule.table.encode.encoder import Encoder
from chainrule.table.frame import as_table

Target = ClassTarget | NumberTarget
TARGETS: dict[str, type[ClassTarget] | type[NumberTarget]] = {
    "tabular_classifier": ClassTarget,
    "tabular_regressor": NumberTarget,
}


def encoder_and_target(record: ModelRecord) -> tuple[Encoder, Target]:
    """What stands before and behind the networks of a checked record."""
    encoder = Encoder.from_json(record.extra["encoder"])
    return encoder, TARGETS[record.kind].from_json(record.extra["target"])


@dataclass(frozen=True)
class Answers:
    """A model that predicts and does nothing else.

    Attributes
    ----------
    encoder_ : Encoder
    spec_ : NetworkSpec
    """

    encoder_: Encoder
    spec_: NetworkSpec
    _networks: Sequence[dict[str, np.ndarray]]
    _target: Any
    _ranges: np.ndarray | None

    def _outputs(self, X: Any) -> list[np.ndarray]:
        dtype = self._networks[0]["W1"].dtype
        inputs, notices = self.encoder_.transform(as_table(X), dtype)
        if self._ranges is not None:
            columns, clipped = self.encoder_.input_columns, self._target.is_clipped
            told = range_notice(inputs, self._ranges, columns, clipped=clipped)
            notices = [*notices, told] if told else notices
        for notice in notices:
            warn_caller(notice)
        logits = self._target.reads_logits
        return [
            engine.finite_outputs(engine.predict(self.spec_, params, inputs, logits=logits))
            for params in self._networks
        ]


@dataclass(frozen=True)
class ClassAnswers(Answers):
    """Answers of a `TabularClassifier`."""

    @property
    def classes_(self) -> np.ndarray:
        """The classes, ascending."""
        classes: np.ndarray = self._target.labels.classes
        return classes

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of shape (n_samples, n_classes); see `TabularClassifier.predict_proba`."""
        proba: np.ndarray = self._target.decode(self._outputs(X))
        return proba


@dataclass(frozen=True)
class NumberAnswers(Answers):
    """Answers of a `TabularRegressor`."""

    def predict(self, X: Any) -> np.ndarray:
        """Numbers in y's own units; see `TabularRegressor.predict`."""
        found: np.ndarray = self._target.decode(self._outputs(X))
        return found

    def predict_interval(self, X: Any, coverage: float = 0.9) -> np.ndarray:
        """Bounds of shape (n_samples, 2); see `TabularRegressor.predict_interval`."""
        found: np.ndarray = self._target.interval(self._outputs(X), coverage)
        return found


def answers_of(record: ModelRecord) -> ClassAnswers | NumberAnswers:
    """The answers of a checked record of one of the two kinds of Tabular models."""
    encoder, target = encoder_and_target(record)
    networks = [params for params, _ in record.networks]
    answers = ClassAnswers if isinstance(target, ClassTarget) else NumberAnswers
    ranges = read_ranges(record.extra.get("ranges"), encoder.n_numbers)
    return answers(encoder, record.spec, networks, target, ranges)
