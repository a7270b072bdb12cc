"""What an estimator's argument may be, as data: a rule holds or it does not, and says itself."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Set
from numbers import Integral, Real
from typing import Any

import numpy as np

from chainrule.errors import SpecError

Rule = tuple[Callable[[Any], bool], str]


def whole(low: int, high: int = sys.maxsize) -> Rule:
    """A whole number of any type, no boolean."""

    def holds(value: Any) -> bool:
        plain = isinstance(value, Integral) and not isinstance(value, bool)
        return plain and low <= int(value) <= high

    return holds, f"a whole number of at least {low}"


def number(low: float, high: float = math.inf, ends: str = "[)") -> Rule:
    """A real number of an interval with or without its ends."""

    def holds(value: Any) -> bool:
        if not isinstance(value, Real) or isinstance(value, bool):
            return False
        try:
            x = float(value)
        except OverflowError:
            return False
        above = x > low or (ends[0] == "[" and x == low)
        return above and (x < high or (ends[1] == "]" and x == high))

    return holds, f"a number in {ends[0]}{low:g}, {high:g}{ends[1]}"


def one_of(*words: str) -> Rule:
    """One of some words."""
    return lambda value: isinstance(value, str) and value in words, "one of " + ", ".join(words)


def either(*rules: Rule) -> Rule:
    """What one of the rules allows."""
    return (
        lambda value: any(holds(value) for holds, _ in rules),
        " or ".join(text for _, text in rules),
    )


SWITCH: Rule = (lambda value: isinstance(value, bool | np.bool_), "True or False")
NONE: Rule = (lambda value: value is None, "None")
TEXT: Rule = (lambda value: isinstance(value, str), "a name")
FUNCTION: Rule = (callable, "a function")
INFINITE: Rule = (lambda value: isinstance(value, Real) and float(value) == math.inf, "inf")
# NumPy's generators take seeds of 32 bits; `seeds` says how many an estimator takes.
_GENERATOR: Rule = (
    lambda value: value is np.random or isinstance(value, np.random.RandomState),
    "a numpy.random.RandomState",
)


def seeds(bits: int) -> Rule:
    """`random_state`."""
    return either(whole(0, (1 << bits) - 1), _GENERATOR, NONE)


def check_arguments(rules: Mapping[str, Rule], arguments: Mapping[str, Any]) -> None:
    """Raise `SpecError` naming the first argument that breaks its rule."""
    for name, (holds, allowed) in rules.items():
        if name in arguments and not holds(arguments[name]):
            raise SpecError(f"{name} must be {allowed}, found {arguments[name]!r}.")


def listed(argument: Any) -> list[Any] | None:
    """The entries of an argument that is a list of any kind; None for a single value."""
    if isinstance(argument, str | bytes | Mapping | Set):
        return None
    try:
        return list(argument)
    except TypeError:
        return None


_UNITS = whole(1, 1 << 24)


def unit_counts(argument: Any) -> list[int]:
    """Widths of the hidden layers; one number means one layer. `SpecError` names one below 1."""
    sizes = listed(argument)
    sizes = [argument] if sizes is None else sizes
    for size in sizes:
        if not _UNITS[0](size):
            raise SpecError(
                f"hidden_layer_sizes must be > 0, got {size!r}; give whole numbers of units."
            )
    return [int(size) for size in sizes]


def plain(value: Any) -> Any:
    """A NumPy scalar, as grids of parameters hold them, as a Python number."""
    return value.item() if isinstance(value, np.generic) else value
