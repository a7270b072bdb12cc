"""What a regressor learns about y: its scale and its shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from chainrule.errors import DataError, SpecError
from chainrule.estimators.metrics import REGRESSOR_METRICS, EngineMetric, engine_metric
from chainrule.estimators.rows import Rows
from chainrule.estimators.targets import read_numbers, refuse_constant
from chainrule.table.target import TargetScale

LOSSES = ("squared_error", "absolute_error", "huber")


@dataclass(frozen=True)
class NumberTarget:
    """Between numbers in their own units and the network's outputs.

    Attributes
    ----------
    scale : TargetScale
    vector : bool
        Whether y had one dimension; predictions then have one, too.
    loss : str
        Of the scaled target.
    """

    scale: TargetScale
    vector: bool
    loss: str = "squared_error"

    read = staticmethod(read_numbers)

    @classmethod
    def fit(cls, y: np.ndarray, weights: np.ndarray | None, arguments: Mapping[str, Any]) -> Self:
        """From the training targets and an estimator's arguments."""
        loss = LOSSES[0] if arguments["loss"] is None else arguments["loss"]
        if loss not in LOSSES:
            raise SpecError(f"loss {loss!r} is not offered; the losses are {', '.join(LOSSES)}.")
        refuse_constant(y)
        return cls(TargetScale.fit(y.reshape(len(y), -1), weights), y.ndim == 1, loss)

    @property
    def n_outputs(self) -> int:
        """The network's outputs."""
        return len(self.scale.mean)

    def encode(self, y: np.ndarray, noun: str = "y") -> np.ndarray:
        """Scaled rows (n, n_outputs)."""
        rows = y.reshape(len(y), -1)
        if rows.shape[1] != self.n_outputs:
            raise DataError(
                f"{noun} has {rows.shape[1]} columns; the model has {self.n_outputs} outputs."
            )
        return self.scale.transform(rows)

    def row_weights(self, encoded: np.ndarray, weights: np.ndarray | None) -> np.ndarray | None:
        """sample_weight alone."""
        return weights

    def strata(self, encoded: np.ndarray) -> np.ndarray | None:
        """A split draws from all rows alike."""
        return None

    def decode(self, outputs: np.ndarray) -> np.ndarray:
        """Predictions in y's own units and shape, float64."""
        numbers = self.scale.inverse(outputs)
        return numbers.reshape(-1) if self.vector else numbers

    def metric(self, validation: Rows | None, arguments: Mapping[str, Any]) -> EngineMetric:
        """What chooses the epoch."""
        return engine_metric(arguments["metric"], REGRESSOR_METRICS, validation, self.decode)

    def to_json(self) -> dict[str, Any]:
        """Plain values; `from_json` gives back the same bits."""
        return {"scale": self.scale.to_json(), "vector": self.vector, "loss": self.loss}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Self:
        """Build from the JSON form."""
        return cls(TargetScale.from_json(form["scale"]), form["vector"] is True, form["loss"])
