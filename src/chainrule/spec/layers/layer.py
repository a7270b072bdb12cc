"""What every layer kind says of itself: its constants, its parameters, the width it makes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any, ClassVar, NamedTuple, Self

import numpy.typing as npt

from chainrule.spec.checks import check_keys


@dataclass(frozen=True)
class Start:
    """How a parameter starts before any data were seen.

    Attributes
    ----------
    distribution : str
        "zeros", "ones", "uniform" in [-size, size), "normal" with standard deviation `size`, or
        "scheme": a weight matrix, drawn by one of `INITIALIZATIONS`.
    size : float
    counter : int
        The layer word of the random counter; 0 takes the number of the layer.
    """

    distribution: str
    size: float = 1.0
    counter: int = 0


ZEROS, ONES, SCHEME = Start("zeros"), Start("ones"), Start("scheme")


@dataclass(frozen=True)
class Parameter:
    """A named array of a layer.

    Attributes
    ----------
    family : str
        Its name without the number of its layer: "W" of "W2".
    shape : tuple of int
    start : Start
    is_weight : bool
        Whether penalties and, unless told otherwise, weight decay act on it.
    """

    family: str
    shape: tuple[int, ...]
    start: Start = ZEROS
    is_weight: bool = False


@dataclass(frozen=True)
class Layer:
    """The interface of a layer kind. A kind is a frozen dataclass whose fields are its constants.

    Attributes
    ----------
    kind : str
        Its name in the JSON form and of its files on every floor.
    reads_features : bool
        Takes columns of the table and hands no derivative further back: it stands first.
    draws : tuple of str
        Families of the arrays that it draws anew for every row and epoch of training.
    """

    kind: ClassVar[str]
    reads_features: ClassVar[bool] = False
    draws: ClassVar[tuple[str, ...]] = ()

    def check(self, where: str) -> None:
        """Raise `SpecError` naming the constant that cannot be; `where` is "layer 2".

        Parameters
        ----------
        where : str
            What messages call the layer, such as "layer 2".

        Raises
        ------
        SpecError
            Naming the constant that cannot be.
        """

    def n_out(self, n_in: int, where: str) -> int:
        """Width of its output; `SpecError` where it cannot follow `n_in` inputs.

        Parameters
        ----------
        n_in : int
            Inputs of the layer.
        where : str
            What messages call the layer, such as "layer 2".

        Returns
        -------
        int

        Raises
        ------
        SpecError
            Where it cannot follow `n_in` inputs.
        """
        return n_in

    def check_features(self, x: npt.NDArray[Any], name: str, first: int) -> None:
        """Raise `DataError` for rows that it cannot read: x are its columns of `name`, the table,
        from column `first` on.

        Parameters
        ----------
        x : ndarray (n_samples, n_in)
            The columns that it reads.
        name : str
            What messages call the table.
        first : int
            The number of its first column.

        Raises
        ------
        DataError
            Naming the row whose cell it cannot read.
        """

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        """Its named arrays in storage order.

        Parameters
        ----------
        n_in : int
            Inputs of the layer.

        Returns
        -------
        tuple of Parameter
        """
        return ()

    @property
    def inside(self) -> tuple[Inner, ...]:
        """The layers that it runs."""
        return ()

    def expanded(self) -> tuple[Layer, ...]:
        """The layers that it stands for; itself unless it is a shorthand.

        Returns
        -------
        tuple of Layer
        """
        return (self,)

    def label(self) -> str:
        """A few words for the summary of a network.

        Returns
        -------
        str
        """
        return self.kind

    def constants(self) -> dict[str, Any]:
        """Field name -> value, without fields that are a shorthand for other layers.

        Returns
        -------
        dict
        """
        return {f.name: getattr(self, f.name) for f in fields(self) if not _is_shorthand(f)}

    def to_json(self) -> dict[str, Any]:
        """The kind and the constants that are not at their default, as plain values.

        Returns
        -------
        dict
        """
        form: dict[str, Any] = {"kind": self.kind}
        defaults = {f.name: f.default for f in fields(self)}
        for name, value in self.constants().items():
            if value != defaults[name]:
                form[name] = list(value) if isinstance(value, tuple) else value
        return form

    @classmethod
    def from_json(cls, where: str, form: Mapping[str, Any], read: ReadLayer) -> Self:
        """The inverse of `to_json`, with `read` for layers inside; unknown and missing entries
        raise `SpecError`.

        Parameters
        ----------
        where : str
            What messages call the layer, such as "layer 2".
        form : mapping
            As `to_json` makes it.
        read : callable
            Reads a layer inside of this one: (where, form) -> Layer.

        Returns
        -------
        Layer

        Raises
        ------
        SpecError
            Naming the entry that cannot be.
        """
        constants = {f.name: f for f in fields(cls)}
        required = {name for name, f in constants.items() if f.default is MISSING}
        check_keys(where, form, required | {"kind"}, optional=set(constants) - required)
        return cls(**{name: form[name] for name in constants if name in form})


ReadLayer = Callable[[str, Any], Layer]


class Inner(NamedTuple):
    """A layer inside another, and what it reads: `columns` columns of the container's input from
    `first` on; without a range what the layer before it makes, the first one the whole input."""

    layer: Layer
    first: int = 0
    columns: int | None = None


def _is_shorthand(constant: Field[Any]) -> bool:
    return bool(constant.metadata.get("shorthand"))
