"""What every export writes: columns, encoder, networks, and how their outputs are joined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chainrule.errors import DataError
from chainrule.export.columns import encoded, takes_text, unit_of
from chainrule.export.network import forward
from chainrule.export.values import FLOAT64, TEXT, Value, concatenate, given
from chainrule.spec import NetworkSpec
from chainrule.table.encode.encoder import Encoder


@dataclass(frozen=True)
class InputColumn:
    """A column that an export reads.

    Attributes
    ----------
    name : str
    dtype : str
        "float64", NaN where missing, or "text", where any text that is no level is missing.
    unit : str
        What it holds, in words.
    width : int
        1, or how many numbers a row has under this name.
    """

    name: str
    dtype: str
    unit: str
    width: int = 1

    @property
    def fields(self) -> list[str]:
        """What its numbers are called in a table: the column's name, or x0, x1, ..."""
        if self.width == 1:
            return [self.name]
        return [f"{self.name.lower()}{place}" for place in range(self.width)]


@dataclass(frozen=True)
class Output:
    """An answer of an export.

    Attributes
    ----------
    name : str
    value : Value
        Of the inputs "outputs 0", "outputs 1", ...: what each network makes.
    is_flat : bool
        Whether it has one dimension, (n,), not (n, 1).
    """

    name: str
    value: Value
    is_flat: bool = False


@dataclass(frozen=True)
class Description:
    """A fitted model without its estimator.

    Attributes
    ----------
    columns : tuple of InputColumn
    encoded : Value
        The inputs of the networks, of the columns by name; float64.
    network : Value
        What a network makes of the input "x" and its parameters, in `dtype`.
    members : tuple of dict of str to ndarray
        The parameters of each network.
    outputs : tuple of Output
    dtype : str
        Of the networks.
    classes : list or None
        The labels of a classifier.
    scale : ndarray, shape (n_outputs,)
        What a difference of answers is compared with where the answers themselves are near 0.
    """

    columns: tuple[InputColumn, ...]
    encoded: Value
    network: Value
    members: tuple[dict[str, np.ndarray], ...]
    outputs: tuple[Output, ...]
    dtype: str
    classes: list[object] | None
    scale: np.ndarray


def describe(
    encoder: Encoder,
    spec: NetworkSpec,
    members: Sequence[Mapping[str, np.ndarray]],
    outputs: Sequence[Output],
    *,
    logits: bool,
    classes: list[object] | None,
    scale: np.ndarray,
) -> Description:
    """The description of networks behind an encoder.

    Parameters
    ----------
    logits : bool
        Whether the outputs are made of z(L), not of a(L).

    Raises
    ------
    DataError
        Naming the column that an export cannot encode.
    """
    parts = [
        part.noted(f"{column.name} encoded")
        for column in encoder.columns
        for part in encoded(column, encoder.key)
    ]
    if not parts:
        raise DataError("the model uses no column, so that there is nothing to export.")
    order = np.argsort(encoder.input_indices())
    dtype = str(members[0]["W1"].dtype)
    columns = tuple(
        InputColumn(column.name, TEXT if takes_text(column) else FLOAT64, unit_of(column))
        for column in encoder.columns
        if column.groups
    )
    return Description(
        columns,
        concatenate(parts).columns(order.tolist()),
        forward(spec, given("x", dtype, spec.n_features), logits=logits),
        tuple(dict(params) for params in members),
        tuple(outputs),
        dtype,
        classes,
        scale,
    )


def output_of(member: int, dtype: str, width: int) -> Value:
    """What a network makes, as an input of the answers."""
    return given(f"outputs {member}", dtype, width)


def refuse_coverage(coverage: float | None) -> None:
    """Raise `DataError` where intervals are asked of a model that has none."""
    if coverage is not None:
        raise DataError(
            f"coverage={coverage!r} asks for intervals, which a TabularRegressor alone has."
        )
