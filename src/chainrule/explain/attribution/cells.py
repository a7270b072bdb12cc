"""Cells of a table as numbers, for what draws them along an axis."""

from __future__ import annotations

import numpy as np


def numbers_of(cells: np.ndarray) -> np.ndarray:
    """A column as float64: numbers as they are, others by their place among the sorted levels, from
    0; NaN where the cell is missing.

    Parameters
    ----------
    cells : ndarray of object (n_rows,)
        None is a missing cell.
    """
    try:
        return cells.astype(np.float64)
    except (TypeError, ValueError):
        pass
    known = np.array([cell is not None for cell in cells], bool)
    levels = sorted(set(cells[known]), key=lambda cell: (str(type(cell)), cell))
    place = {cell: k for k, cell in enumerate(levels)}
    return np.array([place.get(cell, np.nan) for cell in cells], np.float64)
