"""Row weights: sample_weight as given, times class_weight of the row's class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals as nw
import numpy as np

from chainrule.errors import DataError
from chainrule.real_numbers import check_real

# Sums of weights must be numbers in float32, too.
_LARGEST = 1e30


def read_weights(weights: Any, n_rows: int, noun: str = "sample_weight") -> np.ndarray | None:
    """float64 weights of shape (n_rows,), a copy; None stays None.

    Raises
    ------
    DataError
        Another shape, negative or not finite, or zero in every row.
    """
    if weights is None:
        return None
    check_real(weights, noun)
    native = nw.from_native(weights, pass_through=True, allow_series=True)
    try:
        given = native.to_numpy() if isinstance(native, nw.Series) else np.asarray(weights)
        if given.shape != (n_rows,):
            raise DataError(
                f"{noun} has shape {given.shape}; it needs one weight per row, ({n_rows},)."
            )
        if given.dtype.kind not in "biufO":
            raise DataError(f"{noun} must be an array of one number per row, not {given.dtype}.")
        array = np.array(given, dtype=np.float64)
    except DataError:
        raise
    except (TypeError, ValueError):
        raise DataError(f"{noun} must be an array of one number per row.") from None
    if not np.isfinite(array).all() or (array < 0).any():
        row = int(np.flatnonzero(~np.isfinite(array) | (array < 0))[0])
        raise DataError(
            f"{noun} is {array[row]:g} in row {row}; weights are at least 0 and finite."
        )
    if not array.any():
        raise DataError(f"{noun} is zero in every row; at least one weight must be above zero.")
    extreme = (array > _LARGEST) | ((array > 0) & (array < 1 / _LARGEST))
    if extreme.any():
        row = int(np.flatnonzero(extreme)[0])
        raise DataError(
            f"{noun} is {array[row]:g} in row {row}; weights other than 0 lie between 1e-30 and "
            "1e30.",
            "Only their ratios matter: divide them by their mean.",
        )
    return array


def row_count(n_rows: int, weights: np.ndarray | None) -> float:
    """How many rows of equal weight tell as much: (sum s)^2 / sum s^2 (Kish 1965).

    Never more than there are, however large the weights: a row of weight 2 counts twice in every
    mean, but it is one observation. Rows of weight 0 are none, and the weights' unit is no matter.
    """
    if weights is None:
        return float(n_rows)
    shares = weights / weights.max()
    return float(shares.sum() ** 2 / (shares @ shares))


def class_weights(
    class_weight: Any,
    classes: np.ndarray,
    codes: np.ndarray,
    weights: np.ndarray | None,
    *,
    lacking: bool = False,
) -> np.ndarray | None:
    """The factor of each class, shape (n_classes,); None for equal factors.

    Parameters
    ----------
    class_weight : None, "balanced" or mapping of label to factor
        "balanced" is n / (n_classes * count), counts by sample weight. Labels that the mapping
        leaves out have factor 1.
    lacking : bool
        Whether y may lack a class, whose factor among "balanced" ones is 1.

    Raises
    ------
    DataError
        For anything else, classes that y does not have, and factors below 0 or all 0.
    """
    if class_weight is None:
        return None
    if isinstance(class_weight, str) and class_weight == "balanced":
        counts = np.bincount(codes, weights, len(classes))
        if lacking:
            there = counts > 0
            factors = np.ones(len(classes))
            factors[there] = counts.sum() / (there.sum() * counts[there])
            return factors
        return np.asarray(counts.sum() / (len(classes) * counts))
    if not isinstance(class_weight, Mapping):
        raise DataError(
            f"class_weight must be a mapping, 'balanced' or None, found {class_weight!r}."
        )
    labels = classes.tolist()
    strange = [key for key in class_weight if key not in labels]
    if strange and any(label not in class_weight for label in labels):
        raise DataError(
            f"class_weight names the class {strange[0]!r}, which y does not have; its classes are "
            f"{', '.join(map(repr, labels[:8]))}."
        )
    factors = np.array([class_weight.get(label, 1.0) for label in labels], dtype=np.float64)
    if not np.isfinite(factors).all() or (factors < 0).any() or not factors.any():
        raise DataError("class_weight must hold finite numbers of at least 0, one of them above 0.")
    return factors
