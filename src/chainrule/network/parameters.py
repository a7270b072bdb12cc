"""A network's parameters as people read, index and assign them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule import engine
from chainrule.errors import DataError
from chainrule.spec import NetworkSpec, TrainingState

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


class Parameters:
    """The attributes of `Network` that show its parameters."""

    spec: NetworkSpec
    _params: dict[str, Array]
    _state: TrainingState | None
    _predictor: engine.Predictor | None

    @property
    def dtype(self) -> np.dtype[Any]:
        """Number type of parameters and computation."""
        return self._params["W1"].dtype

    @property
    def params(self) -> dict[str, Array]:
        """Read-only arrays by name: W1 (n_1, n_0), b1 (n_1,), W2, ...; assign a mapping of those
        that shall change.

        Raises
        ------
        DataError
            Where an assigned name does not exist, or an array has another shape or is not finite.
        """
        return {name: read_only(array) for name, array in self._params.items()}

    @params.setter
    def params(self, arrays: Mapping[str, Any]) -> None:
        self._assign(arrays)

    @property
    def weights(self) -> list[Array]:
        """W(1)..W(L), each (n_out, n_in), read-only; assign the list, or one of its entries.

        Raises
        ------
        DataError
            Where an assigned list or array has another length or shape, or is not finite.
        """
        return self._list("W")

    @weights.setter
    def weights(self, arrays: Iterable[Any]) -> None:
        self._assign_list("W", list(arrays))

    @property
    def biases(self) -> list[Array]:
        """b(1)..b(L), each (n_out,), read-only; assign the list, or one of its entries.

        Raises
        ------
        DataError
            Where an assigned list or array has another length or shape, or is not finite.
        """
        return self._list("b")

    @biases.setter
    def biases(self, arrays: Iterable[Any]) -> None:
        self._assign_list("b", list(arrays))

    def _list(self, family: str) -> list[Array]:
        names = [f"{family}{l}" for l in range(1, self.spec.n_layers + 1)]
        return ParameterList(
            [self._params[name] for name in names], lambda arrays: self._assign_list(family, arrays)
        )

    def _assign_list(self, family: str, arrays: list[Any]) -> None:
        if len(arrays) != self.spec.n_layers:
            raise DataError(
                f"the network has {self.spec.n_layers} layers, found {len(arrays)} arrays."
            )
        self._assign({f"{family}{l}": given for l, given in enumerate(arrays, start=1)})

    def _assign(self, arrays: Mapping[str, Any]) -> None:
        new = {}
        for name, given in arrays.items():
            if name not in self._params:
                known = ", ".join(self._params)
                raise DataError(f"the network has no '{name}'; its parameters are {known}.")
            array = np.array(given, dtype=self.dtype, order="C")
            if array.shape != self._params[name].shape:
                raise DataError(
                    f"{name} must have shape {self._params[name].shape}, found {array.shape}."
                )
            if not np.isfinite(array).all():
                raise DataError(f"{name} must hold finite numbers.")
            new[name] = array
        self._params = {**self._params, **new}
        self._state = None  # moments of other weights; training begins anew
        self._predictor = None
