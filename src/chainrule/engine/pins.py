"""Arrays that the core reads in place, held where they are as long as it reads them."""

from __future__ import annotations

from typing import Any
from weakref import ref

import numpy as np


def pins(*arrays: Any) -> list[ref[Any]]:
    """References that keep `resize` from moving the arrays' memory, or that which they look into.

    NumPy resizes an array whoever reads it with `refcheck=False`, but never one that is weakly
    referenced: it raises `ValueError`.
    """
    found = []
    for array in arrays:
        while isinstance(array, np.ndarray):
            found.append(ref(array))
            array = array.base
    return found


def own_view(array: Any) -> np.ndarray[Any, np.dtype[Any]]:
    """An array whose shape and number type nobody else can set while they are relied on."""
    found = np.asarray(array)
    return found.view() if found is array else found
