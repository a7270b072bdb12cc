"""The scale of a regression target: (y - mean) / std, kept inside the model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class TargetScale:
    """Weighted mean and population standard deviation of each output.

    Attributes
    ----------
    mean, std : ndarray, shape (n_outputs,)
        float64; std is 1 where the output is constant.
    """

    mean: np.ndarray
    std: np.ndarray

    @classmethod
    def fit(cls, y: np.ndarray, sample_weight: np.ndarray | None = None) -> TargetScale:
        """Fit on float64 targets of shape (n, n_outputs) and positive row weights."""
        # Powers of two change no digit, and keep squares of 1e-300 and 1e300 among the numbers.
        unit = np.exp2(np.floor(np.log2(np.maximum(np.abs(y).max(axis=0), np.finfo(float).tiny))))
        scaled = y / unit
        mean = np.average(scaled, axis=0, weights=sample_weight)
        std = np.sqrt(np.average((scaled - mean) ** 2, axis=0, weights=sample_weight)) * unit
        mean = mean * unit
        # Rounding of the mean leaves a constant output with a spread of its last digit.
        constant = np.ptp(y, axis=0) == 0
        return cls(np.where(constant, y[0], mean), np.where(constant, 1.0, std))

    def transform(self, y: np.ndarray) -> np.ndarray:
        """Scaled targets, float64, shape (n, n_outputs)."""
        return np.asarray((y - self.mean) / self.std)

    def inverse(self, scaled: np.ndarray) -> np.ndarray:
        """Targets in their own units, float64, shape (n, n_outputs)."""
        return np.asarray(np.asarray(scaled, np.float64) * self.std + self.mean)

    def to_json(self) -> dict[str, list[float]]:
        """Plain numbers; `from_json` gives back the same bits."""
        return {"mean": self.mean.tolist(), "std": self.std.tolist()}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> TargetScale:
        """Build from the JSON form."""
        return cls(np.array(form["mean"], np.float64), np.array(form["std"], np.float64))
