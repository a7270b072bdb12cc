"""From numbers to places: scales, round numbers for their ticks, and short texts of places."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.explain.notation.numbers import format_number

_STEPS = (1.0, 2.0, 5.0, 10.0)


@dataclass(frozen=True)
class Scale:
    """From [low, high] to [start, end], in a straight line or by logarithms.

    Attributes
    ----------
    low, high : float
        low < high; above 0 where `is_log`.
    start, end : float
    is_log : bool
    """

    low: float
    high: float
    start: float
    end: float
    is_log: bool = False

    @classmethod
    def over(
        cls, values: Iterable[float], start: float, end: float, *, is_log: bool = False
    ) -> Scale:
        """That reaches all finite values, with room around those that are all the same."""
        known = [value for value in values if math.isfinite(value)] or [0.0, 1.0]
        low, high = min(known), max(known)
        if is_log and low > 0:
            return cls(*((low, high) if low < high else (low / 2, high * 2)), start, end, True)
        room = 0.0 if low < high else abs(low) / 2 or 0.5
        return cls(low - room, high + room, start, end)

    def at(self, value: float) -> float:
        """The place of a value, kept within the scale."""
        value = min(max(value, self.low), self.high)
        low, high = self.low, self.high
        if self.is_log:
            value, low, high = math.log(value), math.log(low), math.log(high)
        return self.start + (self.end - self.start) * ((value - low) / (high - low))

    def ticks(self, n: int = 4) -> list[float]:
        """About n round numbers within the scale; powers of ten on a long logarithmic one."""
        if self.is_log:
            first, last = math.ceil(math.log10(self.low)), math.floor(math.log10(self.high))
            if last - first >= 1:
                stride = max(1, round((last - first) / n))
                return [10.0**power for power in range(first, last + 1, stride)]
        rough = (self.high - self.low) / n
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * one for one in _STEPS if power * one >= rough * 0.999)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [step * k for k in range(first, last + 1)]


def tick_text(value: float) -> str:
    """A round number: 0.2, 1,500, 1e-05."""
    if value and not 1e-4 <= abs(value) < 1e6:
        return f"{value:.3g}"
    whole = f"{value:,.6f}".rstrip("0").rstrip(".")
    return whole if len(whole) < 8 else format_number(value, 3)


def place(value: float) -> str:
    """A coordinate to a tenth."""
    return f"{value:.1f}".removesuffix(".0")
