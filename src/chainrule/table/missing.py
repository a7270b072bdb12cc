"""Which cells hold no value, whatever library they come from."""

from __future__ import annotations

import decimal
import numbers
from typing import Any

import numpy as np

# Missing markers of libraries that need not be installed.
MISSING_TYPES = ("NoneType", "NAType", "NaTType", "MaskedConstant")


def is_missing(value: Any) -> bool:
    """None, NaN, NaT and the markers of data frames."""
    if value is None or type(value).__name__ in MISSING_TYPES:
        return True
    if isinstance(value, np.datetime64 | np.timedelta64):
        return bool(np.isnat(value))
    if isinstance(value, decimal.Decimal):
        return value.is_nan()
    return isinstance(value, numbers.Real | np.floating) and bool(value != value)
