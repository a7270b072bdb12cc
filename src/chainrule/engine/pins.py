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
