"""Sums that are rounded once, of numbers that may have overflowed."""

from __future__ import annotations

import math
from collections.abc import Iterable


def exact_sum(values: Iterable[float]) -> float:
    """The sum of all values, rounded once; infinite or no number where a plain sum is."""
    numbers = [float(value) for value in values]
    try:
        return math.fsum(numbers)
    except (ValueError, OverflowError):  # opposite infinities, or a part of the sum is too large
        return sum(numbers)
