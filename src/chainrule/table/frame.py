"""Any table in memory as an ordered list of typed columns, converted one at a time.

A table of 1,000,000 x 50 is never copied whole: each column is converted when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import narwhals as nw
import numpy as np
from narwhals.exceptions import DuplicateError

from chainrule.errors import DataError
from chainrule.pins import own_view
from chainrule.real_numbers import MAX_ROWS, physical_memory
from chainrule.table.column import Column, take
from chainrule.table.series import column_from_series
from chainrule.table.values import column_from_array

# Containers that no library of data frames makes, so that it need not be asked.
_OWN = frozenset({np.ndarray, dict, list, tuple})
_FEW = 1024  # rows, of which a copy costs nothing
_CELLS = frozenset({float, int, bool, str, bytes, type(None)})


@dataclass(frozen=True)
class Table:
    """Named columns over the user's own container, which is never changed.

    Attributes
    ----------
    names : tuple of str
        Unique; `x0`, `x1`, ... where the container has no names.
    n_rows : int
    named : bool
        Whether the names are the container's own.
    _convert : callable
    strings : bool
        Whether they are strings there.
    numbered : bool
        Whether they only count the columns: 0, 1, 2, ...
    block : ndarray or None
        All columns as one array of numbers, where the container is one.
    """

    names: tuple[str, ...]
    n_rows: int
    named: bool
    _convert: Callable[[int], Column]
    strings: bool = False
    numbered: bool = False
    block: np.ndarray | None = None

    @property
    def n_columns(self) -> int:
        """Count of columns."""
        return len(self.names)

    def column(self, index: int) -> Column:
        """The column at `index`, converted now; `DataError` for one that cannot be learned from."""
        return self._convert(index)

    def take(self, rows: np.ndarray) -> Table:
        """The same columns with only these rows (indices or a mask), still converted one by one."""

        def convert(index: int) -> Column:
            return take(self.column(index), rows)

        count = np.count_nonzero(rows) if rows.dtype == bool else len(rows)
        return replace(self, n_rows=int(count), _convert=convert, block=None)


def as_table(X: Any) -> Table:
    """Wrap a table of any container.

    Parameters
    ----------
    X : data frame, mapping, record or records, array, sparse matrix, or list of rows
        A frame of pandas, polars, pyarrow or another library that narwhals knows; a mapping of
        name to values; one record or a list of them, each a mapping of name to value; an array or
        matrix of shape (n_rows, n_columns). A `Table` stays what it is.

    Returns
    -------
    Table

    Raises
    ------
    DataError
        No rows, no columns, not two-dimensional, duplicate names, or more than the memory of this
        machine would hold; nothing is allocated before that is known.
    """
    if isinstance(X, Table):
        return X
    if X is None:
        raise DataError("X is None; pass a data frame or an array of shape (n_rows, n_columns).")
    if hasattr(X, "tocsc") and hasattr(X, "nnz"):
        return _from_sparse(X)
    try:
        wrapped = X if type(X) in _OWN else nw.from_native(X, pass_through=True)
    except DuplicateError:
        _names(list(getattr(X, "column_names", None) or X.columns))  # raises, naming the column
        raise
    if isinstance(wrapped, nw.DataFrame):
        return _from_frame(wrapped)
    if isinstance(wrapped, nw.LazyFrame):
        raise DataError(f"X is a lazy {type(X).__name__}; call its collect() first.")
    if isinstance(X, Mapping):
        return _from_mapping(X)
    if isinstance(X, list | tuple) and X and all(isinstance(row, Mapping) for row in X):
        return _from_records(X)
    return _from_array(X)


def _from_frame(frame: nw.DataFrame[Any]) -> Table:
    n_rows, n_columns = frame.shape
    raw_names = list(frame.columns)
    _check_size(n_rows, n_columns)
    names = _names(raw_names)

    def convert(index: int) -> Column:
        return column_from_series(names[index], frame.get_column(raw_names[index]))

    block = _few_rows_of_numbers(frame.to_native()) if n_rows <= _FEW else None
    return Table(names, n_rows, True, convert, *_kinds(raw_names), block)


def _few_rows_of_numbers(frame: Any) -> np.ndarray | None:
    """A frame of pandas as a block, where all columns are NumPy's numbers; else None."""
    if type(frame).__module__.partition(".")[0] != "pandas":
        return None
    if not all(isinstance(kind, np.dtype) and kind.kind in "fiu" for kind in {*frame.dtypes}):
        return None
    block = frame.to_numpy()
    return block if block.dtype.kind in "fiu" else None


def _columns_of(records: Sequence[Mapping[Any, Any]]) -> dict[Any, Any]:
    """Records as columns; what a record does not have is missing in it."""
    names = dict.fromkeys(name for record in records for name in record)
    found = {}
    for name in names:
        cells = np.empty(len(records), object)
        cells[:] = [_one_cell(record.get(name), name, row) for row, record in enumerate(records)]
        found[name] = cells
    return found


def _one_cell(value: Any, name: Any, row: int) -> Any:
    if type(value) in _CELLS or isinstance(value, str | bytes | Mapping):
        return value
    if np.ndim(value):
        raise DataError(
            f"record {row} of X holds {np.shape(value)[0]} values in '{name}'; a record has one "
            "value a column."
        )
    return value


def _from_records(records: Sequence[Mapping[Any, Any]]) -> Table:
    block = _row_of_numbers(records[0]) if len(records) == 1 else None
    columns = _columns_of(records) if block is None else dict(zip(records[0], block.T, strict=True))
    raw_names, cells = list(columns), list(columns.values())
    names = _names(raw_names)
    _check_size(len(records), len(names))

    def convert(index: int) -> Column:
        return column_from_array(names[index], cells[index])

    return Table(names, len(records), True, convert, *_kinds(raw_names), block)


def _row_of_numbers(record: Mapping[Any, Any]) -> np.ndarray | None:
    """A record as one row; None where a cell is anything but a number."""
    row = list(record.values())
    if not row or not {*map(type, row)} <= {float, int}:
        return None
    with suppress(OverflowError):  # a whole number beyond every float
        return np.array([row], np.float64)
    return None


def _from_mapping(columns: Mapping[Any, Any]) -> Table:
    if columns and all(_is_cell(value) for value in columns.values()):
        return _from_records([columns])
    raw_names = list(columns)
    names = _names(raw_names)
    shapes = [np.shape(columns[name]) for name in raw_names]
    for name, shape in zip(names, shapes, strict=True):
        if len(shape) != 1:
            raise DataError(f"column '{name}' of X has shape {shape}; a column is one-dimensional.")
        if shape != shapes[0]:
            raise DataError(
                f"column '{name}' of X has {shape[0]} rows, column '{names[0]}' has "
                f"{shapes[0][0]}; all columns must be equally long."
            )
    n_rows = shapes[0][0] if shapes else 0
    zones: Mapping[str, str] = getattr(columns, "zones", {})  # what NumPy's dates cannot say
    _check_size(n_rows, len(names))

    def convert(index: int) -> Column:
        values = columns[raw_names[index]]
        if type(values) not in _OWN:
            series = nw.from_native(values, series_only=True, pass_through=True)
            if isinstance(series, nw.Series):
                return column_from_series(names[index], series)
        column = column_from_array(names[index], _to_array(values))
        return replace(column, zone=zones[raw]) if (raw := raw_names[index]) in zones else column

    return Table(names, n_rows, True, convert, *_kinds(raw_names))


def _from_sparse(X: Any) -> Table:
    if len(X.shape) != 2:
        raise DataError(f"X is sparse with shape {X.shape}; it must have two dimensions.")
    _check_size(*X.shape)
    by_column = X.tocsc()

    def convert(index: int) -> Column:
        return column_from_array(f"x{index}", by_column[:, [index]].toarray().reshape(-1))

    return Table(_numbered(X.shape[1]), X.shape[0], False, convert)


def _from_array(X: Any) -> Table:
    array = _to_array(X)
    if array.dtype.names is not None:
        raise DataError(
            "X is a structured array; pass {name: X[name] for name in X.dtype.names} instead."
        )
    if array.ndim == 0:
        raise DataError(
            f"X is of type {type(X).__name__}, which is no table; pass a data frame, a mapping of "
            "names to columns, or an array of shape (n_rows, n_columns)."
        )
    if array.ndim != 2:
        raise DataError(
            f"X has {array.ndim} dimension(s) and shape {array.shape}; a table has two, "
            "(n_rows, n_columns).",
            "Reshape your data: X.reshape(-1, 1) for one column, X.reshape(1, -1) for one row.",
        )
    _check_size(*array.shape)
    names = _numbered(array.shape[1])
    return Table(
        names,
        array.shape[0],
        False,
        lambda index: column_from_array(names[index], array[:, index]),
        block=array if type(array) is np.ndarray and array.dtype.kind in "fiu" else None,
    )


def _is_cell(value: Any) -> bool:
    """Whether a value of a mapping is one cell, so that the mapping is a record."""
    return type(value) in _CELLS or isinstance(value, str | bytes) or np.ndim(value) == 0


def _to_array(X: Any) -> np.ndarray:
    """A NumPy array that keeps numbers and booleans what they are beside text and each other."""
    if isinstance(X, np.ndarray):
        if isinstance(X, np.ma.MaskedArray):
            return X.view()
        return own_view(X)  # nobody else shapes it, or moves its memory
    try:
        array = np.asarray(X)
        kind = array.dtype.kind
        if (kind in "US" and not hasattr(X, "__array__")) or (kind in "iuf" and _has_booleans(X)):
            array = np.asarray(X, dtype=object)
    except ValueError:
        raise DataError(
            "X has rows of different lengths; a table has as many values in each."
        ) from None
    return array


def _has_booleans(X: Any) -> bool:
    """Whether a list of rows, or of values, has booleans that NumPy took for numbers."""
    rows = X if isinstance(X, list | tuple) else ()
    return any(
        bool in set(map(type, row)) if isinstance(row, list | tuple) else isinstance(row, bool)
        for row in rows
    )


def _names(raw: list[Any]) -> tuple[str, ...]:
    """Column names as strings; duplicates are refused."""
    names = tuple(str(name) for name in raw)
    first: dict[str, int] = {}
    for index, name in enumerate(names):
        if first.setdefault(name, index) < index:
            raise DataError(f"X has two columns named '{name}'; rename one.")
    strings = [isinstance(name, str) for name in raw]
    if any(strings) and not all(strings):
        kinds = sorted({type(name).__name__ for name in raw})
        raise DataError(
            f"the column names of X are of types {', '.join(kinds)}; make all of them strings, "
            "e.g. X.columns = X.columns.astype(str)."
        )
    return names


def _kinds(raw: list[Any]) -> tuple[bool, bool]:
    """Whether names are strings, and whether they only count the columns."""
    numbers = [isinstance(name, int | np.integer) for name in raw]
    counting = all(numbers) and [int(name) for name in raw] == list(range(len(raw)))
    return all(isinstance(name, str) for name in raw), counting


@lru_cache(16)
def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"x{index}" for index in range(count))


def _check_size(n_rows: int, n_columns: int) -> None:
    """Refuse what is empty, and what cannot fit, before anything is allocated."""
    if n_columns == 0:
        raise DataError(
            f"X has 0 feature(s) (shape=({n_rows}, 0)) while a minimum of 1 is required."
        )
    if n_rows == 0:
        raise DataError(
            f"X has 0 sample(s) (shape=(0, {n_columns})) while a minimum of 1 is required."
        )
    needed = 4 * n_rows * n_columns
    if n_rows > MAX_ROWS or needed > physical_memory():
        raise DataError(
            f"X has {n_rows:,} rows and {n_columns:,} columns, {needed / 2**30:,.0f} GiB of "
            "numbers; that is more than this machine can hold.",
            "Train on a sample of the rows.",
        )
