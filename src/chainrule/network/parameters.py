"""A network's weights or biases as the list that people index and assign."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class ParameterList(list[Array]):
    """W(1)..W(L) or b(1)..b(L), read-only; assigning an entry checks it and stores it.

    Parameters
    ----------
    arrays : iterable of ndarray
    assign : callable
        Takes the whole new list, and raises where an entry does not fit.
    """

    def __init__(self, arrays: Iterable[Array], assign: Callable[[list[Any]], None]) -> None:
        super().__init__(read_only(array) for array in arrays)
        self._assign = assign

    def __setitem__(self, place: Any, value: Any) -> None:
        arrays = list(self)
        arrays[place] = value
        self._assign(arrays)
        super().__setitem__(place, read_only(np.array(value, dtype=self[place].dtype)))

    def __reduce__(self) -> Any:
        return list, (list(self),)


def read_only(array: Array) -> Array:
    """A view that cannot be written through."""
    view = array.view()
    view.flags.writeable = False
    return view
