"""The cycles of the calendar: where in its year, week, day and hour a moment lies.

A cycle is two inputs, sin and cos of 2 pi times its phase in [0, 1), so that its end meets its
start:

    month      months since 1 January, with the share of the month that is over, / 12
    weekday    days since Monday / 7
    hour       time since midnight / 24 h
    minute     time since the full hour / 1 h
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

_HOUR = 3_600_000  # milliseconds
_DAY = 24 * _HOUR
_TURN = 2.0 * np.pi


@dataclass(frozen=True)
class Cycle:
    """One cycle of the calendar.

    Attributes
    ----------
    phase : callable
        Milliseconds since 1970-01-01, int64, to the phase in [0, 1).
    step : callable
        Milliseconds to the number of the month, weekday, hour or minute.
    least_days : float
        Data that span less never saw the whole cycle.
    """

    phase: Callable[[np.ndarray], np.ndarray]
    step: Callable[[np.ndarray], np.ndarray]
    least_days: float


def _months(moments: np.ndarray) -> np.ndarray:
    return np.asarray((moments // _DAY).astype("datetime64[D]").astype("datetime64[M]"))


def _month_of_year(moments: np.ndarray) -> np.ndarray:
    return np.asarray(_months(moments).astype(np.int64) % 12)


def _phase_of_year(moments: np.ndarray) -> np.ndarray:
    months = _months(moments)
    first = months.astype("datetime64[D]").astype(np.int64)
    length = (months + 1).astype("datetime64[D]").astype(np.int64) - first
    return np.asarray((_month_of_year(moments) + (moments // _DAY - first) / length) / 12.0)


def _weekday(moments: np.ndarray) -> np.ndarray:
    return (moments // _DAY + 3) % 7  # 1970-01-01 was a Thursday


CYCLES = {
    "month": Cycle(_phase_of_year, _month_of_year, 334.0),
    "weekday": Cycle(lambda moments: _weekday(moments) / 7.0, _weekday, 6.0),
    "hour": Cycle(lambda m: m % _DAY / _DAY, lambda m: m // _HOUR % 24, 23 / 24),
    "minute": Cycle(lambda m: m % _HOUR / _HOUR, lambda m: m // 60_000 % 60, 59 / 1440),
}


def moments_of(days: np.ndarray) -> np.ndarray:
    """Whole milliseconds from days; a NaN becomes 0."""
    return np.asarray(np.rint(np.where(np.isnan(days), 0.0, days) * _DAY).astype(np.int64))


def cycles_spanned(days: np.ndarray) -> tuple[str, ...]:
    """The cycles that known moments go through: they span one, and are not all at one step of it.

    Parameters
    ----------
    days : ndarray, shape (n,)
        Days since 1970-01-01 on the wall, without NaN.
    """
    span = float(days.max() - days.min())
    moments = moments_of(days)
    found = []
    for name, cycle in CYCLES.items():
        if span >= cycle.least_days - 1e-9:
            steps = cycle.step(moments)
            if (steps != steps[0]).any():
                found.append(name)
    return tuple(found)


def write_cycles(days: np.ndarray, cycles: tuple[str, ...], out: np.ndarray) -> None:
    """Fill `out` of shape (n, 2 len(cycles)): sin, cos of each; 0 where the moment is missing."""
    missing = np.isnan(days)
    moments = moments_of(days)
    for index, name in enumerate(cycles):
        angle = _TURN * CYCLES[name].phase(moments)
        out[:, 2 * index] = np.where(missing, 0.0, np.sin(angle))
        out[:, 2 * index + 1] = np.where(missing, 0.0, np.cos(angle))
