"""The encoder of a column of dates: days since 1970, and the cycles that they go through."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from chainrule.errors import DataError
from chainrule.table.column import DATETIME, Column
from chainrule.table.encode.calendar import cycles_spanned, write_cycles
from chainrule.table.encode.column_encoder import FLAGS, NUMBERS, UnusedEncoder
from chainrule.table.encode.number import NumberEncoder, fit_number
from chainrule.table.times import from_iso_texts
from chainrule.table.zones import local_days


@dataclass(frozen=True)
class CycleEncoder(NumberEncoder):
    """A scaled number, cycles of the calendar, and a flag for missing values.

    Attributes
    ----------
    cycles : tuple of str
        Of "month", "weekday", "hour" and "minute", those that training went through.
    """

    cycles: tuple[str, ...] = ()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """Nothing, `.month.sin`, `.month.cos`, ..., `?`."""
        turns = (f".{cycle}.{part}" for cycle in self.cycles for part in ("sin", "cos"))
        return (*("",) * (self.factor > 0), *turns, *("?",) * (self.flag_factor > 0))

    @property
    def groups(self) -> tuple[int, ...]:
        """Numbers, a flag."""
        numbers = (self.factor > 0) + 2 * len(self.cycles)
        return (NUMBERS,) * numbers + (FLAGS,) * (self.flag_factor > 0)

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, width); the notice counts missing values new to the model."""
        notice = super().write(column, out)
        start = int(self.factor > 0)
        turns = out[:, start : start + 2 * len(self.cycles)]
        write_cycles(self.wall_clock(self.numbers(column)), self.cycles, turns)
        return notice

    @abstractmethod
    def wall_clock(self, values: np.ndarray) -> np.ndarray:
        """Days since some midnight on the wall, from the column's own numbers."""


@dataclass(frozen=True)
class DatetimeEncoder(CycleEncoder):
    """Dates: days since 1970 (of UTC), and the cycles of the clock and calendar of their zone.

    Attributes
    ----------
    zone : str or None
        Of the training column. Instants of other zones are shown on this zone's clock; None is a
        clock without a zone, which takes no instants.
    """

    code: ClassVar[str] = "datetime"
    zone: str | None = None

    def numbers(self, column: Column) -> np.ndarray:
        """Days since 1970; raises `DataError` where a zone was lost or came in since training.

        Texts that are ISO dates are taken for them: a record from JSON has no others.
        """
        column = from_iso_texts(column) or column
        known = column.kind == DATETIME and not column.missing.all()
        if known and (column.zone is None) != (self.zone is None):
            if self.zone is None:
                raise DataError(
                    f"column '{self.name}' held times without a zone in training and holds times "
                    f"of the zone {column.zone} now.",
                    "Take the times that the clock showed there, without the zone.",
                )
            raise DataError(
                f"column '{self.name}' held times of the zone {self.zone} in training and holds "
                "times without a zone now.",
                "Give them their zone, or their offset from UTC.",
            )
        return super().numbers(column)

    def wall_clock(self, values: np.ndarray) -> np.ndarray:
        """Days since 1970 in the zone of training."""
        return local_days(values, self.zone)


def fit_datetime(column: Column, weights: np.ndarray | None) -> DatetimeEncoder | UnusedEncoder:
    """The encoder of a column of dates, from all its rows and their weights."""
    number = fit_number(column, weights)
    if isinstance(number, UnusedEncoder):
        return number
    cycles = cycles_spanned(local_days(column.values[~column.missing], column.zone))
    scales = (number.median, number.factor, number.flag_median, number.flag_factor)
    return DatetimeEncoder(column.name, column.kind, *scales, cycles, column.zone)
