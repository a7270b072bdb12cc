"""The category embedding: the code of a category becomes a learned vector."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule.errors import DataError, SpecError
from chainrule.spec.checks import check_count
from chainrule.spec.layers.layer import Layer, Parameter, Start


@dataclass(frozen=True)
class CategoryEmbedding(Layer):
    """Each of its columns holds a code and becomes `units` numbers, the code's row of `embedding`.

    Attributes
    ----------
    levels : tuple of int
        Known levels K of each column, whose codes are 0 (missing or unknown), 1, ..., K.
        Parameter: `embedding` of shape (sum of K + 1, units), column after column.
    units : int
        Numbers that a code becomes. Default 8.

    Raises
    ------
    SpecError
        Where `levels` are no list.
    """

    kind = "embedding"
    reads_features = True

    levels: tuple[int, ...]
    units: int = 8

    def __post_init__(self) -> None:
        levels: Any = self.levels
        if not isinstance(levels, list | tuple):
            raise SpecError(f"'levels' must be a list of whole numbers, found {levels!r}.")
        object.__setattr__(self, "levels", tuple(levels))

    def check(self, where: str) -> None:
        """Raise `SpecError` unless units and levels are whole numbers above 0."""
        check_count(f"units of {where}", self.units)
        if not self.levels:
            raise SpecError(f"{where} embeds no feature: its 'levels' are empty.")
        for count in self.levels:
            check_count(f"levels of {where}", count)

    def n_out(self, n_in: int, where: str) -> int:
        """Numbers of all columns together; `SpecError` unless `levels` counts those columns."""
        if n_in != len(self.levels):
            raise SpecError(f"{where} embeds {len(self.levels)} columns, but reads {n_in}.")
        return n_in * self.units

    def parameters(self, n_in: int) -> tuple[Parameter, ...]:
        rows = sum(known + 1 for known in self.levels)
        return (Parameter("embedding", (rows, self.units), Start("normal", 1.0, 0x8005)),)

    def check_features(self, x: npt.NDArray[Any], name: str, first: int) -> None:
        """Raise `DataError` naming the row whose cell is no code of its column."""
        for column, known in enumerate(self.levels):
            codes = x[:, column]
            strange = (codes < 0) | (codes > known) | (codes != np.floor(codes))
            if strange.any():
                row = int(np.argmax(strange))
                raise DataError(
                    f"{name} holds {codes[row]} at row {row}, column {first + column}; "
                    f"this embedded category has the codes 0 (missing or unknown) to {known}."
                )

    def label(self) -> str:
        return f"{self.units} numbers a level"
