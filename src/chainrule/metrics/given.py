"""What a metric is given, looked at before it is computed with.

NumPy would stretch (n,) against (n, 1) to n rows of n numbers, wrap small integers around, count
from the end where a class is negative, and sort NaN last: none of it with a word.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.real_numbers import check_real, no_array

Array = np.ndarray
Weights = np.ndarray | None

_SLACK = 1e-5  # by which rounding may take a probability out of [0, 1]


def class_rows(
    truth: Any, answers: Any, weights: Any, name: str = "proba", *, labels: bool = True
) -> tuple[Array, Array, Weights]:
    """Of metrics of classes: numbers (n,) or labels (n, k), what was answered (n, k), weights (n,).

    Raises `DataError` naming the argument, and the row. `labels` says whether rows of several
    labels, of 0 and 1 each, may be the truth.
    """
    found = _numbers(answers, name, (2,), "(n_samples, n_classes)")
    check_real(truth, "truth")
    classes = _array(truth, "truth")
    if classes.ndim > 1 and labels:
        classes = _numbers(classes, "truth", (2,), "(n_samples,) or (n_samples, n_labels)")
        _same_shape(classes, found, name)
        _within(classes, "truth")
    else:
        classes = _class_numbers(classes, found.shape[1], name)
        _same_length(classes, found, name)
    return classes, found, _weights(weights, len(found))


def probability_rows(truth: Any, proba: Any, weights: Any) -> tuple[Array, Array, Weights]:
    """The same where answers must be probabilities, between 0 and 1."""
    classes, found, mass = class_rows(truth, proba, weights)
    _within(found, "proba")
    return classes, found, mass


def scored_rows(truth: Any, scores: Any, weights: Any) -> tuple[Array, Array, Weights]:
    """As `class_rows`, or where there is one score a row, of one event: (n,) twice."""
    shapes = "(n_samples,) or (n_samples, n_classes)"
    found = _numbers(scores, "scores", (1, 2), shapes)
    if found.ndim == 2:
        return class_rows(truth, found, weights, "scores")
    return _events(truth, len(found), "truth", "scores"), found, _weights(weights, len(found))


def event_rows(probability: Any, came_true: Any, weights: Any) -> tuple[Array, Array, Weights]:
    """Probabilities of events, 1 where one came true and else 0, weights, each (n,).

    The weights may all be 0.
    """
    found = _numbers(probability, "probability", (1,), "(n,)")
    _within(found, "probability")
    events = _events(came_true, len(found), "came_true", "probability")
    return found, events, _weights(weights, len(found), may_vanish=True)


def number_rows(truth: Any, predicted: Any, weights: Any) -> tuple[Array, Array, Weights]:
    """Of metrics of numbers: two arrays of one shape, (n,) or (n, n_outputs), and weights (n,).

    A single column of answers takes the shape of the truth.
    """
    shapes = "(n_samples,) or (n_samples, n_outputs)"
    y = _numbers(truth, "truth", (1, 2), shapes)
    found = _numbers(predicted, "predicted", (1, 2), shapes)
    if found.size == y.size and len(found) == len(y):
        found = found.reshape(y.shape)
    _same_shape(y, found, "predicted")
    return y, found, _weights(weights, len(y))


def quantile_rows(
    truth: Any, predicted: Any, levels: Any, weights: Any
) -> tuple[Array, Array, Array, Weights]:
    """Of metrics of quantiles: (n,), a column a level, the levels between 0 and 1, weights (n,).

    Raises `DataError` naming the argument, and the row, that cannot be.
    """
    y = _numbers(truth, "truth", (1, 2), "(n_samples,)")
    if y.size != len(y):
        raise DataError(f"truth must have shape (n_samples,), found {y.shape}.")
    found = _numbers(predicted, "predicted", (1, 2), "(n_samples, n_levels)")
    q = _numbers(levels, "levels", (1,), "(n_levels,)")
    found = found.reshape(len(found), -1)
    _same_length(y, found, "predicted")
    if found.shape[1] != len(q):
        raise DataError(f"predicted has {found.shape[1]} columns, but there are {len(q)} levels.")
    if ((q <= 0) | (q >= 1)).any():
        raise DataError(f"levels must lie between 0 and 1, found {q.tolist()}.")
    return y.reshape(-1), found, q, _weights(weights, len(y))


def _array(value: Any, name: str) -> Array:
    if hasattr(value, "tocsr"):
        raise DataError(f"{name} must be a dense array, found a sparse one; call its toarray().")
    try:
        return np.asarray(value)
    except Exception as error:  # an object may raise anything where it is asked for its numbers
        raise no_array(name, error) from error


def _numbers(value: Any, name: str, dimensions: tuple[int, ...], shape: str) -> Array:
    """Finite numbers, floating-point ones as they are; at least one row and column."""
    check_real(value, name)
    array = _array(value, name)
    if array.dtype.kind != "f":
        if array.dtype.kind == "c":
            raise DataError(f"{name} must hold real numbers, found {array.dtype}.")
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            raise DataError(f"{name} must hold real numbers, found {_found(array)}.") from None
    if array.ndim not in dimensions:
        raise DataError(f"{name} must have shape {shape}, found {array.shape}.")
    if array.size == 0:
        raise DataError(f"{name} is empty: its shape is {array.shape}; give at least one row.")
    if not np.isfinite(array).all():
        place = tuple(int(k) for k in np.argwhere(~np.isfinite(array))[0])
        where = f"row {place[0]}" + (f", column {place[1]}" if len(place) > 1 else "")
        raise DataError(f"{name} holds {array[place]} at {where}; it must hold finite numbers.")
    return array


def _found(array: Array) -> str:
    """What is no number, in two or three words."""
    return f"{array.dtype}" if array.dtype.kind != "O" else "objects"


def _events(truth: Any, n: int, name: str, beside: str) -> Array:
    events = _numbers(truth, name, (1,), "(n_samples,)")
    if len(events) != n:
        raise DataError(f"{name} has {len(events)} rows, but {beside} has {n}.")
    _within(events, name)
    return events


def _class_numbers(classes: Array, n_classes: int, name: str) -> Array:
    if classes.ndim != 1:
        raise DataError(f"truth must have shape (n_samples,), found {classes.shape}.")
    kind = classes.dtype.kind
    if kind in "iub" or (kind == "f" and (classes == np.floor(classes)).all()):
        wrong = (classes < 0) | (classes >= n_classes)
        if not wrong.any():
            return classes.astype(np.intp, copy=False)
        row = int(np.argmax(wrong))
        raise DataError(
            f"truth holds class {classes[row]} at row {row}; {name} has columns for the classes 0 "
            f"to {n_classes - 1}."
        )
    raise DataError(
        f"truth must hold whole numbers, the places of the classes from 0, found {_found(classes)}."
    )


def _weights(weights: Any, n: int, *, may_vanish: bool = False) -> Weights:
    if weights is None:
        return None
    mass = _numbers(weights, "weights", (1,), f"({n},), one a row")
    if len(mass) != n:
        raise DataError(f"weights must have shape ({n},), one a row, found {mass.shape}.")
    if (mass < 0).any():
        row = int(np.argmax(mass < 0))
        raise DataError(f"weights holds {mass[row]} at row {row}; a weight is at least zero.")
    if not (may_vanish or mass.any()):
        raise DataError("weights is zero for every row; one must be above zero.")
    return mass


def _same_length(truth: Array, answers: Array, name: str) -> None:
    if len(truth) != len(answers):
        raise DataError(f"truth has {len(truth)} rows, but {name} has {len(answers)}.")


def _same_shape(truth: Array, answers: Array, name: str) -> None:
    if truth.shape != answers.shape:
        raise DataError(
            f"truth has shape {truth.shape}, but {name} has {answers.shape}; they must be alike."
        )


def _within(array: Array, name: str) -> None:
    wrong = (array < -_SLACK) | (array > 1 + _SLACK)
    if wrong.any():
        place = tuple(int(k) for k in np.argwhere(wrong)[0])
        raise DataError(f"{name} must lie between 0 and 1, found {array[place]} at row {place[0]}.")
