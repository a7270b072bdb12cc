"""Arrays that are read in place, held where they are as long as somebody reads them."""

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


class _Held:
    """Memory that an array looks into, held where it is for as long as the array lives."""

    def __init__(self, array: np.ndarray[Any, np.dtype[Any]]) -> None:
        self._pins = pins(array)  # first: what is said of the memory must still be so
        self._array = array
        self.__array_interface__ = array.__array_interface__


def own_view(value: Any) -> np.ndarray[Any, np.dtype[Any]]:
    """An array whose shape and number type nobody else can set while they are relied on.

    Nor can what it looks into be resized as long as it lives.

    Parameters
    ----------
    value : array, or what NumPy makes one of

    Returns
    -------
    ndarray
    """
    held = pins(value)
    found = np.asarray(value)
    if found.dtype.kind in "biufc" and (found is value or found.base is not None):
        own = np.asarray(_Held(found))
    else:
        own = found.view() if found is value else found
    del held
    return own
