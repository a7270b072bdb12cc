"""Columns that are all finite numbers, written as one block: the same bits as one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from chainrule.table.column import NUMERIC
from chainrule.table.encode.column_encoder import ColumnEncoder, UnusedEncoder
from chainrule.table.encode.number import NumberEncoder
from chainrule.table.encode.scaling import smooth_clip

_NUMBERS_AT_ONCE = 1 << 16  # of a block of rows, so that its passes stay in the cache


@dataclass(frozen=True)
class PlainColumns:
    """What an encoder writes where no value is missing.

    Attributes
    ----------
    columns : list of int
        Training columns with a number among the inputs.
    inputs : ndarray or slice
        The input of each.
    medians, factors : ndarray
        Of each.
    flag_inputs : list of int
        The inputs that say whether a value is known,
    flags : ndarray
        and what they say where it is.
    """

    columns: list[int]
    inputs: np.ndarray | slice
    medians: np.ndarray
    factors: np.ndarray
    flag_inputs: list[int]
    flags: np.ndarray

    @classmethod
    def of(cls, columns: Sequence[ColumnEncoder], input_indices: Sequence[int]) -> Self | None:
        """From all columns and the inputs of one after the other; None unless all are numbers."""
        inputs = iter(input_indices)
        numbers: list[tuple[int, int, NumberEncoder]] = []
        flags: list[tuple[int, float]] = []
        for place, column in enumerate(columns):
            if isinstance(column, UnusedEncoder):
                continue
            if type(column) is not NumberEncoder or column.kind != NUMERIC:
                return None
            if column.factor > 0:
                numbers.append((place, next(inputs), column))
            if column.flag_factor > 0:
                known = smooth_clip(np.array([1.0]), column.flag_median, column.flag_factor)
                flags.append((next(inputs), float(known[0])))
        places = [index for _, index, _ in numbers]
        in_a_row = places == list(range(places[0], places[0] + len(places))) if places else True
        start = places[0] if places else 0
        return cls(
            [place for place, _, _ in numbers],
            slice(start, start + len(places)) if in_a_row else np.array(places),
            np.array([column.median for _, _, column in numbers]),
            np.array([column.factor for _, _, column in numbers]),
            [index for index, _ in flags],
            np.array([value for _, value in flags]),
        )

    def write(self, block: np.ndarray, found: Sequence[int | None], inputs: np.ndarray) -> bool:
        """Fill the inputs from a table's numbers, (n_rows, n_columns).

        Parameters
        ----------
        found : sequence of int or None
            The place of each training column in the block.

        Returns
        -------
        bool
            False where some number is not finite, for the columns to say one by one.
        """
        places = [found[place] for place in self.columns]
        taken = None if places == list(range(block.shape[1])) else np.array(places, np.intp)
        step = max(1, _NUMBERS_AT_ONCE // block.shape[1])
        for top in range(0, len(block), step):
            with np.errstate(over="ignore", invalid="ignore"):
                rows = block[top : top + step].astype(np.float64)
            if not np.isfinite(rows).all():
                return False
            chosen = rows if taken is None else rows[:, taken]
            inputs[top : top + step, self.inputs] = smooth_clip(chosen, self.medians, self.factors)
        inputs[:, self.flag_inputs] = self.flags
        return True
