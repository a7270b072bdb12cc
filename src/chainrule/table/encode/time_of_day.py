"""The encoder of a column of times of day: hours since midnight, and the cycle of the day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from chainrule.table.column import Column
from chainrule.table.encode.column_encoder import UnusedEncoder
from chainrule.table.encode.datetime import CycleEncoder
from chainrule.table.encode.number import fit_number


@dataclass(frozen=True)
class TimeEncoder(CycleEncoder):
    """Times of day: hours since midnight, and sin and cos of the day's cycle."""

    code: ClassVar[str] = "time"

    def wall_clock(self, values: np.ndarray) -> np.ndarray:
        """Days since midnight."""
        return values / 24.0


def fit_time(column: Column, weights: np.ndarray | None) -> TimeEncoder | UnusedEncoder:
    """The encoder of a column of times of day, from all its rows and their weights."""
    number = fit_number(column, weights)
    if isinstance(number, UnusedEncoder):
        return number
    scales = (number.median, number.factor, number.flag_median, number.flag_factor)
    # A time of day always lies in a day's cycle, however few of its hours were met.
    return TimeEncoder(column.name, column.kind, *scales, ("hour",))
