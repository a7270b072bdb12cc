"""How far rows lie outside the numbers that training saw, column by column.

Inputs are clipped smoothly, x' = x / sqrt(1 + (x/3)^2), so that no value is too large for the
network, and none is answered from experience where training had nothing like it. Ranges are kept of
x, the centred and scaled number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.errors import ModelFileError
from chainrule.table.encode.scaling import CLIP

Array = np.ndarray

# A number is far outside where it lies beyond the range by this share of its width.
FAR = 0.25
_SHOWN = 5


def ranges_of(inputs: Array, n_numbers: int) -> Array:
    """Least and largest of each input that is a number, of training rows; (2, n_numbers)."""
    numbers = _unclipped(inputs[:, :n_numbers])
    if not len(numbers) or not n_numbers:
        return np.zeros((2, n_numbers))
    return np.stack([numbers.min(axis=0), numbers.max(axis=0)])


def read_ranges(form: Any, n_numbers: int) -> Array | None:
    """Ranges as a model file holds them; None where it holds none.

    Raises
    ------
    ModelFileError
        Where they are no finite numbers, two for each input that is a number.
    """
    if form is None:
        return None
    try:
        ranges = np.array(form, np.float64)
    except (TypeError, ValueError):
        ranges = np.array([np.nan])
    if ranges.size == 0 == n_numbers:
        return np.zeros((2, 0))
    if ranges.shape != (2, n_numbers) or not np.isfinite(ranges).all():
        raise ModelFileError("the model's ranges of numbers are malformed.")
    return ranges


def outside(inputs: Array, ranges: Array) -> Array:
    """Whether each row's number lies far outside, (n, n_numbers)."""
    numbers = _unclipped(inputs[:, : ranges.shape[1]])
    low, high = ranges
    slack = FAR * (high - low)
    return np.asarray((numbers < low - slack) | (numbers > high + slack))


def range_notice(inputs: Array, ranges: Array, columns: Sequence[str], *, clipped: bool) -> str:
    """Rows far outside in a sentence, the columns named; "" where there are none.

    Parameters
    ----------
    columns : sequence of str
        The column of each input.
    clipped : bool
        Whether answers stay in the range of y.
    """
    if not ranges.shape[1]:
        return ""
    far = outside(inputs, ranges)
    n_far = int(far.any(axis=1).sum())
    if not n_far:
        return ""
    counts: dict[str, int] = {}
    for place in np.flatnonzero(far.any(axis=0)).tolist():
        counts[columns[place]] = counts.get(columns[place], 0) + int(far[:, place].sum())
    named = sorted(counts, key=lambda name: -counts[name])
    shown = ", ".join(map(repr, named[:_SHOWN])) + (", ..." if len(named) > _SHOWN else "")
    rows = "1 row lies" if n_far == 1 else f"{n_far:,} of {len(inputs):,} rows lie"
    noun = "column" if len(named) == 1 else "columns"
    ending = (
        "no answer leaves the range of y in training (clip=False lifts that)"
        if clipped
        else "what is answered there was not learned"
    )
    return f"{rows} far outside the range of training in {noun} {shown}; {ending}."


def _unclipped(clipped: Array) -> Array:
    x = np.asarray(clipped, np.float64)
    left = np.maximum(1.0 - (x / CLIP) ** 2, 1e-12)
    return np.asarray(x / np.sqrt(left))
