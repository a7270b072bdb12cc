"""The arguments of the drop-in estimators: scikit-learn's ranges, and those of the additions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.spec import ACTIVATIONS

SOLVERS = ("lbfgs", "sgd", "adam")
LEARNING_RATES = ("constant", "invscaling", "adaptive")
LOSSES = ("squared_error", "poisson")
PROGRESS = "progress"

Rule = tuple[Callable[[Any], bool], str]


def _whole(low: int) -> Rule:
    def holds(value: Any) -> bool:
        return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= low

    return holds, f"a whole number of at least {low}"


def _number(low: float, high: float = math.inf, ends: str = "[)") -> Rule:
    def holds(value: Any) -> bool:
        if not isinstance(value, Real) or isinstance(value, bool) or math.isnan(float(value)):
            return False
        x = float(value)
        above = x > low or (ends[0] == "[" and x == low)
        return above and (x < high or (ends[1] == "]" and x == high))

    return holds, f"a number in {ends[0]}{low:g}, {high:g}{ends[1]}"


def _one_of(*words: str) -> Rule:
    return lambda value: isinstance(value, str) and value in words, "one of " + ", ".join(words)


def _either(*rules: Rule) -> Rule:
    return (
        lambda value: any(holds(value) for holds, _ in rules),
        " or ".join(text for _, text in rules),
    )


_SWITCH: Rule = (lambda value: isinstance(value, bool | np.bool_), "True or False")
_NONE: Rule = (lambda value: value is None, "None")
_INFINITE: Rule = (lambda value: isinstance(value, Real) and float(value) == math.inf, "inf")

RULES: dict[str, Rule] = {
    "solver": _one_of(*SOLVERS),
    "loss": _one_of(*LOSSES),
    "alpha": _number(0),
    "batch_size": _either(_one_of("auto"), _whole(1)),
    "learning_rate": _one_of(*LEARNING_RATES),
    "learning_rate_init": _number(0, ends="()"),
    "power_t": _number(0),
    "max_iter": _whole(1),
    "shuffle": _SWITCH,
    "tol": _number(0),
    "verbose": _either(_SWITCH, _whole(0), _one_of(PROGRESS)),
    "warm_start": _SWITCH,
    "momentum": _number(0, 1, "[]"),
    "nesterovs_momentum": _SWITCH,
    "early_stopping": _SWITCH,
    "validation_fraction": _number(0, 1),
    "beta_1": _number(0, 1),
    "beta_2": _number(0, 1),
    "epsilon": _number(0, ends="()"),
    "n_iter_no_change": _either(_whole(1), _INFINITE),
    "max_fun": _whole(1),
    "n_threads": _either(_NONE, _whole(1)),
}


def check_arguments(arguments: Mapping[str, Any]) -> None:
    """Raise `SpecError` naming the first argument out of its range."""
    for name, (holds, allowed) in RULES.items():
        if name in arguments and not holds(arguments[name]):
            raise SpecError(f"{name} must be {allowed}, found {arguments[name]!r}.")


def hidden_sizes(argument: Any) -> list[int]:
    """Widths of the hidden layers; one number means one layer."""
    sizes = list(argument) if isinstance(argument, Iterable) else [argument]
    for size in sizes:
        if not isinstance(size, Integral) or isinstance(size, bool) or size <= 0:
            raise SpecError(
                f"hidden_layer_sizes must be > 0, got {sizes}; give whole numbers of units."
            )
    return [int(size) for size in sizes]


def hidden_activations(argument: Any, n_hidden: int) -> list[str]:
    """One of `ACTIVATIONS` for each hidden layer, from one name or a list of them."""
    one = isinstance(argument, str) or not isinstance(argument, Iterable)
    names = [argument] * max(n_hidden, 1) if one else list(argument)
    if not one and len(names) != n_hidden:
        raise SpecError(
            f"activation lists {len(names)} names, but hidden_layer_sizes has {n_hidden} layers."
        )
    for name in names:
        if not isinstance(name, str) or name not in ("logistic", *ACTIVATIONS):
            raise SpecError(
                f"activation must be logistic or one of {', '.join(ACTIVATIONS)}, or a list of one "
                f"for each hidden layer, found {name!r}."
            )
    return ["sigmoid" if name == "logistic" else name for name in names[:n_hidden]]


def dropout_rates(argument: Any, n_hidden: int) -> list[float]:
    """The share of units dropped after each hidden layer, from one number or a list."""
    one = not isinstance(argument, Iterable)
    rates = [argument] * max(n_hidden, 1) if one else list(argument)
    if not one and len(rates) != n_hidden:
        raise SpecError(
            f"dropout lists {len(rates)} rates, but hidden_layer_sizes has {n_hidden} layers."
        )
    holds, allowed = _number(0, 1)
    for rate in rates:
        if not holds(rate):
            raise SpecError(f"dropout must be {allowed}, or a list of them, found {rate!r}.")
    return [float(rate) for rate in rates[:n_hidden]]
