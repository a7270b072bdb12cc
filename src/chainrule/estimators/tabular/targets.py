"""What y may be: labels, 0/1 rows for several labels at once, or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np

from chainrule.errors import DataError, warn_caller
from chainrule.estimators.saved import classes_from_json, classes_to_json
from chainrule.real_numbers import check_real, no_array
from chainrule.table.classes import one_hot_notice, whole_labels
from chainrule.table.missing import MISSING_TYPES

_INEXACT = 2.0**53  # from here on floats leave whole numbers out
# The least rate of counts: 0 would be impossible to be wrong about.
_TINY = float(np.finfo(np.float32).tiny)


def read_target(y: Any, n_rows: int, noun: str = "y") -> np.ndarray:
    """y as an array of shape (n_rows,) or (n_rows, n_outputs), before its meaning is decided.

    Parameters
    ----------
    y : array, list, or series or data frame that narwhals accepts
    n_rows : int
        Rows of X.
    noun : str
        What messages call it.

    Raises
    ------
    DataError
        None, another number of rows, more than two dimensions, complex, or missing values.
    """
    if y is None:
        raise DataError(f"fit requires y to be passed, but the target {noun} is None.")
    if hasattr(y, "tocsc"):
        raise DataError(f"{noun} is sparse; pass {noun}.toarray().")
    array = _as_array(y, noun)
    if array.ndim not in (1, 2):
        raise DataError(f"{noun} has shape {array.shape}; it should be a 1d array, or 2d.")
    if len(array) != n_rows:
        raise DataError(
            f"X has {n_rows} rows and {noun} has {len(array)}; they must have the same number of "
            "samples."
        )
    if array.ndim == 2 and array.shape[1] == 0:
        raise DataError(f"{noun} has no columns.")
    if array.dtype.kind == "c":
        raise DataError(f"Complex data not supported: {noun} is {array.dtype}.")
    if array.dtype.kind == "V":
        raise DataError(
            f"{noun} is a structured array ({array.dtype}); pass one of its fields, or a table."
        )
    if array.ndim == 2 and array.shape[1] == 1:
        from sklearn.exceptions import DataConversionWarning

        warn_caller(
            f"A column-vector {noun} was passed when a 1d array was expected. "
            f"Change its shape to (n_samples,), for example by {noun}.ravel().",
            DataConversionWarning,
        )
        array = array.reshape(-1)
    _refuse_missing(array, noun)
    return array


@dataclass(frozen=True)
class Labels:
    """The classes of a target, and the numbers that stand for them.

    Attributes
    ----------
    classes : ndarray, shape (n_classes,)
        Ascending, in y's own type; for several labels at once, the positions of the columns.
    multilabel : bool
        Whether y has one 0/1 column per label.
    """

    classes: np.ndarray
    multilabel: bool = False

    @classmethod
    def fit(cls, y: np.ndarray) -> Labels:
        """From `read_target`'s array; `DataError` for numbers that are no labels, and one class."""
        if y.ndim == 2:
            if not _is_indicator(y):
                raise DataError(
                    f"Unknown label type: y has {y.shape[1]} columns that are not all 0 or 1; "
                    "a classifier takes one column of labels, or 0/1 columns for several labels."
                )
            if told := one_hot_notice(y, "pass np.asarray(y).argmax(axis=1)"):
                warn_caller(told)
            return cls(np.arange(y.shape[1]), multilabel=True)
        classes = np.unique(_typed(y))
        if len(classes) < 2:
            raise DataError(
                f"y has one class, {classes.tolist()[0]!r}; a classifier needs at least 2 classes."
            )
        return cls(classes)

    def encode(self, y: np.ndarray, noun: str = "y") -> np.ndarray:
        """Class numbers (n,), or 0/1 rows (n, n_outputs); `DataError` for a class not met."""
        if self.multilabel:
            if y.ndim != 2 or y.shape[1] != len(self.classes) or not _is_indicator(y):
                raise DataError(f"{noun} must have {len(self.classes)} columns of 0 and 1.")
            return y.astype(np.float64)
        if y.ndim == 2:
            raise DataError(f"{noun} has shape {y.shape}; it must be one column of labels.")
        known = {label: place for place, label in enumerate(self.classes.tolist())}
        try:
            return np.fromiter((known[label] for label in _typed(y).tolist()), np.int64, len(y))
        except KeyError as error:
            raise DataError(
                f"{noun} holds the class {error.args[0]!r}, which training did not have."
            ) from None

    def decode(self, proba: np.ndarray) -> np.ndarray:
        """Labels from probabilities of shape (n, n_outputs)."""
        if self.multilabel:
            return (proba > 0.5).astype(np.int64)
        return np.asarray(self.classes[np.argmax(proba, axis=1)])

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {**classes_to_json(self.classes), "multilabel": self.multilabel}

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Labels:
        """Build from the JSON form."""
        return cls(classes_from_json(form), bool(form["multilabel"]))


def read_numbers(y: Any, n_rows: int, noun: str = "y") -> np.ndarray:
    """A regression target as float64, of shape (n_rows,) or (n_rows, n_outputs).

    Raises `DataError` for what is no finite number, besides what `read_target` refuses.
    """
    array = read_target(y, n_rows, noun)
    if array.dtype.kind in "mM":
        raise DataError(f"{noun} is {array.dtype}; convert it to numbers, such as days.")
    try:
        numbers = array.astype(np.float64)
    except OverflowError:
        check_real(array, noun)  # names the whole number that no float holds
        raise
    except (TypeError, ValueError):
        raise DataError(
            f"{noun} holds values that are not numbers; a regressor needs numbers."
        ) from None
    if not np.isfinite(numbers).all():
        row = int(np.argwhere(~np.isfinite(numbers))[0][0])
        raise DataError(
            f"{noun} contains infinity or a value too large in row {row}; "
            "leave that row out or correct it."
        )
    return numbers


def answer_range(y: np.ndarray, loss: str, clip: bool) -> tuple[np.ndarray, np.ndarray]:
    """What predictions do not leave, (low, high) of each column of y; infinite without `clip`.

    Rates of counts stay above 0 all the same.
    """
    rows = y.reshape(len(y), -1)
    low, high = rows.min(axis=0), rows.max(axis=0)
    if loss == "poisson":
        low, high = np.full_like(low, _TINY), np.maximum(high, _TINY)
    if not clip:
        high = np.full_like(high, np.inf)
        low = low if loss == "poisson" else -high
    return low, high


def refuse_constant(y: np.ndarray) -> None:
    """Raise `DataError` where y has one value alone, from which a regressor learns nothing."""
    if y.ndim == 1 and np.ptp(y) == 0:
        raise DataError(f"y is {y[0]:g} in every row; there is nothing to learn.")


def _as_array(y: Any, noun: str) -> np.ndarray:
    if isinstance(y, np.ma.MaskedArray) and np.ma.getmaskarray(y).any():
        row = int(np.argwhere(np.ma.getmaskarray(y))[0][0])
        raise DataError(f"{noun} has a missing value in row {row}; leave that row out.")
    native = nw.from_native(y, pass_through=True, allow_series=True)
    if isinstance(native, nw.Series):
        if native.null_count():
            row = int(np.flatnonzero(native.is_null().to_numpy())[0])
            raise DataError(f"{noun} has a missing value in row {row}; leave that row out.")
        return np.asarray(native.to_numpy())
    if isinstance(native, nw.DataFrame):
        return np.asarray(native.to_numpy())
    try:
        array = np.asarray(y)
        array = array.view() if array is y else array  # whose shape nobody else sets
    except Exception as error:  # an object may raise anything where it is asked for its values
        raise no_array(noun, error) from error
    if not hasattr(y, "__array__") and (array.dtype.kind in "US" or _is_long(array)):
        array = np.asarray(y, dtype=object)  # keeps numbers beside text apart, and all their digits
    return array


def _is_long(array: np.ndarray) -> bool:
    """Whether these may have been whole numbers with more digits than floats have."""
    return array.dtype.kind == "f" and bool((np.abs(array) >= _INEXACT).any())


def _refuse_missing(array: np.ndarray, noun: str) -> None:
    if array.dtype.kind == "f":
        missing = np.isnan(array)
    elif array.dtype.kind == "O":
        flat = array.reshape(-1)
        gaps = (type(v).__name__ in MISSING_TYPES or bool(v != v) for v in flat)
        missing = np.fromiter(gaps, bool, flat.size).reshape(array.shape)
    else:
        return
    if missing.any():
        row = int(np.argwhere(missing)[0][0])
        raise DataError(
            f"{noun} contains NaN or another missing value in row {row}; leave that row out."
        )


def _typed(y: np.ndarray) -> np.ndarray:
    """Labels in one type of their own; refuses what cannot be a label."""
    kind = y.dtype.kind
    if kind == "O":
        types = set(map(type, y))
        if all(issubclass(t, str) for t in types):
            return y
        if all(issubclass(t, bool | np.bool_) for t in types):
            return y.astype(bool)
        if not all(issubclass(t, int | float | np.integer | np.floating) for t in types):
            found = ", ".join(sorted(t.__name__ for t in types))
            raise DataError(f"Unknown label type: y mixes or holds {found}; use one type of label.")
        y = (
            whole_labels(y)
            if all(issubclass(t, int | np.integer) for t in types)
            else np.array(list(y))
        )
        kind = y.dtype.kind
    if kind == "f":
        strange = ~np.isfinite(y) | (y != np.floor(y))
        if strange.any():
            row = int(np.flatnonzero(strange)[0])
            raise DataError(
                f"Unknown label type: y is continuous ({y[row]:g} in row {row}); "
                "use a regressor, or labels."
            )
    elif kind not in "iubU":
        raise DataError(
            f"Unknown label type: y is {y.dtype}; labels are text, numbers or booleans."
        )
    return y


def _is_indicator(y: np.ndarray) -> bool:
    return y.dtype.kind in "iubf" and bool(np.isin(y, (0, 1)).all())
