"""Rows as the core takes them: checked, contiguous, in the number type of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule import _core
from chainrule.errors import DataError
from chainrule.pins import own_view, pins
from chainrule.real_numbers import check_real, no_array
from chainrule.spec import NetworkSpec

Array = npt.NDArray[Any]
Params = dict[str, Array]

_PROBABILITY_SLACK = 1e-5


@dataclass(frozen=True)
class TrainingRows:
    """X with its targets and weights, ready for the core.

    Attributes
    ----------
    x : ndarray (n_samples, n_features)
    y : ndarray (n_samples, n_outputs) or None
    classes : ndarray (n_samples,) of int32 or None
        Class indices, where cross_entropy was given them.
    weights : ndarray (n_samples,) or None
    rows : ndarray of uint32 or None
        The rows in use; None means all, in order.
    """

    x: Array
    y: Array | None = None
    classes: Array | None = None
    weights: Array | None = None
    rows: Array | None = None

    @property
    def n(self) -> int:
        """Rows in use."""
        return len(self.x) if self.rows is None else len(self.rows)

    def arrays(self) -> _core.TableArrays:
        """As the core reads it.

        Returns
        -------
        chainrule._core.TableArrays
        """
        return _core.TableArrays(
            x=self.x,
            y=self.y,
            classes=self.classes,
            weights=self.weights,
            rows=self.rows,
            pins=pins(self.x, self.y, self.weights),
        )

    @classmethod
    def of(
        cls,
        spec: NetworkSpec,
        dtype: np.dtype[Any],
        X: Any,
        y: Any,
        sample_weight: Any = None,
        rows: Any = None,
        what: str = "",
    ) -> TrainingRows:
        """Check and convert; `what` is put before the argument's name in messages.

        Parameters
        ----------
        spec : NetworkSpec
        dtype : numpy.dtype
            float32 or float64.
        X : array (n_samples, n_features)
        y : array (n_samples, n_outputs)
            For cross_entropy class numbers or rows of probabilities.
        sample_weight : array (n_samples,), optional
            At least 0. Default: 1 for every row.
        rows : array of int, optional
            The rows in use. Default: all.
        what : str, default ""
            Such as "eval_".

        Returns
        -------
        TrainingRows

        Raises
        ------
        DataError
            Naming the rows and what is wrong with them.
        """
        x = features(spec, X, dtype, f"{what}X")
        values, classes = targets(spec, y, len(x), dtype, f"{what}y")
        weights = row_weights(sample_weight, len(x), dtype, f"{what}sample_weight")
        chosen = None if rows is None else row_numbers(rows, len(x), f"{what}rows")
        table = cls(x, values, classes, weights, chosen)
        table.check_weight(what)
        return table

    @classmethod
    def of_inputs(
        cls,
        spec: NetworkSpec,
        dtype: np.dtype[Any],
        X: Any,
        sample_weight: Any = None,
        rows: Any = None,
        name: str = "X",
    ) -> TrainingRows:
        """The same without targets; `name` is that of X in messages.

        Parameters
        ----------
        spec : NetworkSpec
        dtype : numpy.dtype
            float32 or float64.
        X : array (n_samples, n_features)
        sample_weight : array (n_samples,), optional
            At least 0. Default: 1 for every row.
        rows : array of int, optional
            The rows in use. Default: all.
        name : str, default "X"

        Returns
        -------
        TrainingRows

        Raises
        ------
        DataError
            Naming the rows and what is wrong with them.
        """
        x = features(spec, X, dtype, name)
        weights = row_weights(sample_weight, len(x), dtype, "sample_weight")
        table = cls(
            x, None, None, weights, None if rows is None else row_numbers(rows, len(x), "rows")
        )
        table.check_weight()
        return table

    def check_weight(self, what: str = "") -> None:
        """Raise `DataError` unless some row is in use and weighs something.

        Parameters
        ----------
        what : str, default ""
            What is put before the argument's name in messages.

        Raises
        ------
        DataError
            Where none does.
        """
        if self.n == 0:
            rows = "X has no rows" if self.rows is None else "rows is empty"
            raise DataError(f"{what}{rows}; at least one is needed.")
        if self.weights is None:
            return
        weights = self.weights if self.rows is None else self.weights[self.rows]
        if not weights.any():
            raise DataError(f"{what}sample_weight is zero for every row; one must be above zero.")


def _array_of(value: Any, name: str) -> Array:
    try:
        return own_view(value)
    except Exception as error:  # an object may raise anything where it is asked for its numbers
        raise no_array(name, error) from error


def features(spec: NetworkSpec, X: Any, dtype: np.dtype[Any], name: str) -> Array:
    """X as a `matrix` that every layer which reads features can read."""
    x = matrix(X, spec.n_features, dtype, name)
    for placed in spec.placed[0].walk():
        placed.layer.check_features(
            x[:, placed.first : placed.first + placed.n_in], name, placed.first
        )
    return x


def matrix(X: Any, n_features: int, dtype: np.dtype[Any], name: str) -> Array:
    """X as a finite, contiguous (n_samples, n_features) array of the number type.

    Raises `DataError` for another shape and for what is no finite number.
    """
    check_real(X, name)
    x = _array_of(X, name)
    if x.ndim != 2:
        raise DataError(f"{name} must be two-dimensional (rows, features), found shape {x.shape}.")
    if x.shape[1] != n_features:
        raise DataError(
            f"{name} has {x.shape[1]} columns, but the network takes {n_features} features."
        )
    out = real_numbers(x, dtype, name)
    if not np.isfinite(out).all():
        row, column = (int(k) for k in np.argwhere(~np.isfinite(out))[0])
        raise DataError(
            f"{name} holds {x[row, column]} at row {row}, column {column}; "
            f"only numbers within {dtype} can be computed with."
        )
    return out


def finite_outputs(out: Array) -> Array:
    """The outputs of rows, as they are; `DataError` naming the first row that has no finite one.

    Parameters
    ----------
    out : ndarray (n_samples, n_outputs)

    Returns
    -------
    ndarray

    Raises
    ------
    DataError
        Naming the first row without finite outputs.
    """
    if not np.isfinite(out).all():
        row = int(np.argwhere(~np.isfinite(out))[0, 0])
        raise DataError(
            f"the network's output of row {row} is not finite: its parameters, or the numbers of "
            f"that row, are too large for {out.dtype}."
        )
    return out


def real_numbers(x: Array, dtype: np.dtype[Any], name: str) -> Array:
    """A contiguous array of the number type; `DataError` for complex, text, objects."""
    if x.dtype.kind not in "fiub":
        try:
            x = x.astype(np.float64, casting="safe" if x.dtype.kind == "c" else "unsafe")
        except (TypeError, ValueError) as error:
            why = str(error).rstrip(".")
            if "array element with a sequence" in why:
                why = "some of its values are sequences"
            raise DataError(f"{name} must hold real numbers, found {x.dtype}: {why}.") from None
    with np.errstate(over="ignore"):
        return np.ascontiguousarray(x, dtype=dtype)


def targets(
    spec: NetworkSpec, y: Any, n: int, dtype: np.dtype[Any], name: str
) -> tuple[Array | None, Array | None]:
    """(y (n, n_outputs), None), or (None, class indices) for cross_entropy.

    Raises `DataError` for another shape and for numbers that the loss does not take.
    """
    check_real(y, name)
    y = _array_of(y, name)
    if y.ndim not in (1, 2):
        raise DataError(f"{name} must have one or two dimensions, found shape {y.shape}.")
    if len(y) != n:
        raise DataError(f"{name} has {len(y)} rows, but X has {n}.")
    if spec.loss.name == "cross_entropy" and y.ndim == 1:
        return None, class_indices(y, spec.n_outputs, name)
    if y.ndim == 1:
        y = y.reshape(-1, 1)
    if spec.loss.quantiles and y.shape[1] == 1:
        y = np.repeat(y, spec.n_outputs, axis=1)
    if y.shape[1] != spec.n_outputs:
        raise DataError(
            f"{name} has {y.shape[1]} columns, but the network has {spec.n_outputs} outputs."
        )
    out = real_numbers(y, dtype, name)
    bad = ~np.isfinite(out)
    if bad.any():
        row, column = (int(k) for k in np.argwhere(bad)[0])
        raise DataError(f"{name} holds {y[row, column]} at row {row}; targets must be finite.")
    _check_range(spec.loss.name, out, name)
    return out, None


def class_indices(y: Array, n_outputs: int, name: str) -> Array:
    """Whole numbers 0..n_outputs-1 as int32; `DataError` names the row of any other."""
    if y.dtype.kind == "f" and not np.isfinite(y).all():
        row = int(np.argwhere(~np.isfinite(y))[0, 0])
        raise DataError(f"{name} holds {y[row]} at row {row}; a class index is a whole number.")
    if y.dtype.kind not in "iubf" or (y.dtype.kind == "f" and (y != np.floor(y)).any()):
        raise DataError(
            f"{name} must hold class indices 0 to {n_outputs - 1} or rows of probabilities "
            f"of shape (n, {n_outputs}), found {y.dtype}."
        )
    wrong = (y < 0) | (y >= n_outputs)
    if wrong.any():
        row = int(np.argwhere(wrong)[0, 0])
        raise DataError(
            f"{name} holds class {y[row]} at row {row}; the network has classes "
            f"0 to {n_outputs - 1}."
        )
    return np.ascontiguousarray(y, dtype=np.int32)


def _check_range(loss: str, y: Array, name: str) -> None:
    if loss in ("cross_entropy", "binary_cross_entropy") and ((y < 0) | (y > 1)).any():
        row = int(np.argwhere((y < 0) | (y > 1))[0, 0])
        raise DataError(f"{name} must lie between 0 and 1 for {loss}, found {y[row]} at row {row}.")
    if loss == "cross_entropy" and (np.abs(y.sum(axis=1) - 1) > _PROBABILITY_SLACK).any():
        row = int(np.argmax(np.abs(y.sum(axis=1) - 1)))
        raise DataError(
            f"{name} must hold probabilities that sum to 1, row {row} sums to {y[row].sum():.6g}."
        )
    if loss == "poisson" and (y < 0).any():
        row = int(np.argwhere(y < 0)[0, 0])
        raise DataError(f"{name} must not be negative for poisson, found {y[row]} at row {row}.")


def row_weights(sample_weight: Any, n: int, dtype: np.dtype[Any], name: str) -> Array | None:
    """One finite weight of at least zero a row, or None; `DataError` names the row of another."""
    if sample_weight is None:
        return None
    check_real(sample_weight, name)
    weights = real_numbers(_array_of(sample_weight, name), dtype, name)
    if weights.shape != (n,):
        raise DataError(f"{name} must have shape ({n},), one a row, found {weights.shape}.")
    bad = ~(np.isfinite(weights) & (weights >= 0))
    if bad.any():
        row = int(np.argmax(bad))
        raise DataError(f"{name} holds {weights[row]} at row {row}; a weight is at least zero.")
    # The core takes subnormal numbers for 0, so that a row weighs nothing here as well.
    return np.where(weights < np.finfo(dtype).tiny, dtype.type(0), weights)


def row_numbers(rows: Any, n: int, name: str) -> Array:
    """Row numbers within the table, as uint32; `DataError` for others."""
    chosen = _array_of(rows, name)
    if chosen.ndim != 1 or chosen.dtype.kind not in "iu":
        raise DataError(f"{name} must be a one-dimensional array of whole numbers.")
    if len(chosen) and (chosen.min() < 0 or chosen.max() >= n):
        raise DataError(f"{name} must lie between 0 and {n - 1}.")
    return np.ascontiguousarray(chosen, dtype=np.uint32)


def parameter_list(spec: NetworkSpec, params: Mapping[str, Any]) -> list[Array]:
    """The parameters in storage order, contiguous and of one number type.

    Raises `DataError` naming the parameter that is missing or has another shape.
    """
    shapes = spec.parameter_shapes
    missing = [name for name in shapes if name not in params]
    if missing:
        raise DataError(f"parameter '{missing[0]}' is missing.")
    dtype = np.asarray(params[next(iter(shapes))]).dtype
    if dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise DataError(f"parameters must be float32 or float64, found {dtype}.")
    arrays = []
    for name, shape in shapes.items():
        array = np.ascontiguousarray(params[name], dtype=dtype)
        if array.shape != shape:
            raise DataError(f"parameter '{name}' must have shape {shape}, found {array.shape}.")
        arrays.append(array)
    return arrays
