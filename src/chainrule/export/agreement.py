"""Whether an export answers as its model does, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from chainrule.errors import DataError

TOLERANCE = 1e-5


@dataclass(frozen=True)
class Agreement:
    """How an export was verified.

    Attributes
    ----------
    n_rows : int
    difference : float
        The largest |export - model| / max(|model|, s); s is 1 for probabilities and the standard
        deviation of y in training for numbers.
    runtime : str
        What ran the export: "onnxruntime 1.20.1".
    """

    n_rows: int
    difference: float
    runtime: str

    def to_json(self) -> dict[str, float | str]:
        """Plain values."""
        return {"rows": self.n_rows, "difference": self.difference, "by": self.runtime}


def agreement(
    found: Mapping[str, np.ndarray],
    expected: Mapping[str, np.ndarray],
    scale: np.ndarray,
    runtime: str,
) -> Agreement:
    """Compare the answers of an export with those of its model.

    Labels must be equal, unless two classes are as probable within the tolerance.

    Raises
    ------
    DataError
        Where they differ by more than `TOLERANCE`, naming the output and the row.
    """
    largest, n_rows = 0.0, 0
    for name, right in expected.items():
        ours = np.asarray(found[name]).reshape(right.shape)
        n_rows = len(right)
        if name == "label":
            wrong = _other_labels(ours, right, expected["probabilities"])
            if wrong.any():
                row = int(np.argmax(wrong))
                raise DataError(
                    f"the export answers {ours[row]!r} in row {row} of the rows it was verified "
                    f"on, the model {right[row]!r}; no file was written.",
                    "Please report this.",
                )
            continue
        off = np.abs(ours - right) / np.maximum(np.abs(right), scale)
        off = np.where(np.isfinite(ours) | np.isfinite(right), off, 0.0).reshape(n_rows, -1)
        if not (off <= TOLERANCE).all():  # NaN is none
            row = int(np.argmax(np.max(np.where(np.isnan(off), np.inf, off), axis=1)))
            raise DataError(
                f"the export differs from the model by {np.max(off[row]):.2g} in row {row} of the "
                f"rows it was verified on ({name}); at most {TOLERANCE:g} is allowed, and no file "
                "was written.",
                "Please report this.",
            )
        largest = max(largest, float(off.max()))
    return Agreement(n_rows, largest, runtime)


def _other_labels(ours: np.ndarray, right: np.ndarray, proba: np.ndarray) -> np.ndarray:
    """The rows whose labels differ though the model is sure beyond the tolerance."""
    if right.ndim == 2:
        return np.asarray(((ours != right) & (np.abs(proba - 0.5) > TOLERANCE)).any(axis=1))
    best = np.sort(proba, axis=1)
    differs = np.array([a != b for a, b in zip(ours.tolist(), right.tolist(), strict=True)])
    return np.asarray(differs & (best[:, -1] - best[:, -2] > TOLERANCE))
