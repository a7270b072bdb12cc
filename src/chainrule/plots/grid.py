"""Rows that vary two inputs over a grid and hold the others where they are typical."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import MEASURED, NUMERIC, Column
from chainrule.table.frame import Table
from chainrule.table.times import as_cell

_MARGIN = 0.06  # of a column's range, on both sides


@dataclass(frozen=True)
class Grid:
    """Two columns over their ranges.

    Attributes
    ----------
    names : tuple of str
        Of the two columns.
    x, y : ndarray (n,)
        Values along both axes.
    points : ndarray (n_rows, 2)
        Where the table's own rows lie; NaN where a cell is missing.
    rows : mapping of arrays, or ndarray (n * n, n_columns)
        What the model predicts on, y varying slowest.
    """

    names: tuple[str, str]
    x: np.ndarray
    y: np.ndarray
    points: np.ndarray
    rows: Any


def make_grid(table: Table, features: Any, resolution: int) -> Grid:
    """A grid over two columns, the first two of numbers unless they are named.

    Raises
    ------
    DataError
        For other than two columns, unknown ones, and columns that hold no numbers.
    """
    columns = [table.column(place) for place in range(table.n_columns)]
    first, second = _places(table, columns, features)
    x, y = (_range(columns[place], resolution) for place in (first, second))
    across, along = (axis.ravel() for axis in np.meshgrid(x, y))
    cells = {
        column.name: along if place == second else across if place == first
        else _typical(column, len(across))
        for place, column in enumerate(columns)
    }  # fmt: skip
    rows = cells if table.named else np.column_stack(list(cells.values()))
    points = np.column_stack([columns[first].values, columns[second].values])
    return Grid((columns[first].name, columns[second].name), x, y, points, rows)


def _places(table: Table, columns: list[Column], features: Any) -> tuple[int, int]:
    numeric = [place for place, column in enumerate(columns) if column.kind == NUMERIC]
    if features is None:
        found = numeric[:2]
        if len(found) < 2:
            raise DataError(
                f"X has {len(numeric)} columns of numbers; a boundary is drawn over two."
            )
        return found[0], found[1]
    if isinstance(features, str) or len(features) != 2:
        raise DataError(f"features must be two columns, found {features!r}.")
    places = []
    for feature in features:
        place = table.names.index(feature) if feature in table.names else feature
        if isinstance(place, str) or not 0 <= place < table.n_columns:
            raise DataError(f"X has no column {feature!r}; there are {', '.join(table.names)}.")
        if place not in numeric:
            raise DataError(f"column {table.names[place]!r} holds no numbers; choose another.")
        places.append(int(place))
    if places[0] == places[1]:
        raise DataError(f"features must be two columns, found {features[0]!r} twice.")
    return places[0], places[1]


def _range(column: Column, resolution: int) -> np.ndarray:
    known = column.values[~column.missing]
    if not len(known):
        raise DataError(f"column {column.name!r} has no value.")
    low, high = float(known.min()), float(known.max())
    margin = _MARGIN * (high - low) or 1.0
    return np.linspace(low - margin, high + margin, resolution)


def _typical(column: Column, n: int) -> np.ndarray:
    """The median or the most frequent level, n times."""
    known = column.values[~column.missing]
    if not len(known):
        return np.full(n, np.nan) if column.kind == NUMERIC else np.full(n, None, object)
    if column.kind in MEASURED:
        cell = as_cell(column, float(np.median(known)))
        return np.full(n, cell, None if isinstance(cell, float | np.datetime64) else object)
    level = column.levels[int(np.bincount(known.astype(np.int64)).argmax())]
    return np.full(n, level, object if isinstance(level, str) else None)
