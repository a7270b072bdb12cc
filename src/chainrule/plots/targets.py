"""Targets that a display draws beside what a model answers: one label or number a row."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.real_numbers import check_real


def class_numbers(y: Any, n_rows: int, labels: np.ndarray) -> np.ndarray:
    """The place of each row's label among `labels`.

    Raises
    ------
    DataError
        For another number of rows, and for a label that is none of them.
    """
    values = _one_each(y, n_rows, text=True)
    places = {label: place for place, label in enumerate(labels.tolist())}
    for row, label in enumerate(values.tolist()):
        if not isinstance(label, Hashable) or label not in places:
            raise DataError(f"y holds {label!r} in row {row}, a label that the model has not met.")
    return np.array([places[label] for label in values.tolist()])


def numbers(y: Any, n_rows: int) -> np.ndarray:
    """One finite number a row, in float64; `DataError` names what is none."""
    values = _one_each(y, n_rows)
    try:
        found = values.astype(np.float64, casting="safe" if values.dtype.kind == "c" else "unsafe")
    except (TypeError, ValueError) as error:
        raise DataError(f"y must hold real numbers, found {values.dtype}: {error}.") from error
    if not np.isfinite(found).all():
        row = int(np.argmin(np.isfinite(found)))
        raise DataError(f"y holds {found[row]} in row {row}; only finite numbers can be drawn.")
    return found


def _one_each(y: Any, n_rows: int, text: bool = False) -> np.ndarray:
    check_real(y, "y", text=text)
    values = np.asarray(y)
    if values.shape != (n_rows,):
        raise DataError(
            f"y has shape {values.shape}, but a boundary is drawn for one label or number a row of "
            f"X: ({n_rows},)."
        )
    return values
