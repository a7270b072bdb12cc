"""Range checks: one sentence that names the argument, what it must be and what was found."""

from __future__ import annotations

import math
import sys
from collections.abc import Set
from typing import Any

from chainrule.errors import SpecError

MAX_UNITS = 1 << 24


def check_keys(where: str, form: Any, required: Set[str], optional: Set[str] = frozenset()) -> None:
    """Raise `SpecError` unless `form` is a mapping with exactly these keys."""
    if not isinstance(form, dict):
        raise SpecError(f"{where} must be a description with named entries, found {form!r}.")
    missing = sorted(required - set(form))
    if missing:
        raise SpecError(f"{where} lacks '{missing[0]}'.")
    unknown = sorted(str(key) for key in set(form) - required - optional)
    if unknown:
        raise SpecError(f"{where} has an unknown entry '{unknown[0]}'.")


def check_count(name: str, value: Any, high: int = MAX_UNITS) -> None:
    """Raise `SpecError` unless `value` is a count from 1 to `high`."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= high:
        raise SpecError(f"{name} must be a whole number from 1 to {high}, found {value!r}.")


def check_whole(name: str, value: Any, low: int, high: int = 1 << 62) -> None:
    """Raise `SpecError` unless `value` is a whole number within the bounds."""
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise SpecError(f"{name} must be a whole number of at least {low}, found {value!r}.")


def check_flag(name: str, value: Any) -> None:
    """Raise `SpecError` unless `value` is True or False."""
    if not isinstance(value, bool):
        raise SpecError(f"{name} must be True or False, found {value!r}.")


def is_real(value: Any) -> bool:
    """Whether `value` is a finite real number that a float can hold."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return -sys.float_info.max <= value <= sys.float_info.max  # also of whole numbers beyond it


def check_number(
    name: str,
    value: Any,
    low: float = -math.inf,
    high: float = math.inf,
    open_low: bool = False,
) -> None:
    """Raise `SpecError` unless `value` is a finite real number within the bounds."""
    if not is_real(value) or value < low or value > high or (open_low and value == low):
        kind = "number" if low > -math.inf else "finite number"
        bound = (
            f" above {low:g}" if open_low else f" of at least {low:g}" if low > -math.inf else ""
        )
        upper = f" and at most {high:g}" if high < math.inf else ""
        raise SpecError(f"{name} must be a {kind}{bound}{upper}, found {value!r}.")
