"""The arguments of the drop-in estimators: scikit-learn's ranges, and those of the additions."""

from __future__ import annotations

from typing import Any

from chainrule.errors import SpecError
from chainrule.estimators.arguments import (
    INFINITE,
    NONE,
    SWITCH,
    Rule,
    either,
    listed,
    number,
    one_of,
    seeds,
    whole,
)
from chainrule.spec import ACTIVATIONS

SOLVERS = ("lbfgs", "sgd", "adam")
LEARNING_RATES = ("constant", "invscaling", "adaptive")
LOSSES = ("squared_error", "poisson", "absolute_error", "huber")  # the last two are additions
PROGRESS = "progress"

RULES: dict[str, Rule] = {
    "solver": one_of(*SOLVERS),
    "loss": one_of(*LOSSES),
    "alpha": number(0),
    "batch_size": either(one_of("auto"), whole(1)),
    "learning_rate": one_of(*LEARNING_RATES),
    "learning_rate_init": number(0, ends="()"),
    "power_t": number(0),
    "max_iter": whole(1),
    "greater_is_better": either(SWITCH, NONE),
    "shuffle": SWITCH,
    "tol": number(0),
    "verbose": either(SWITCH, whole(0), one_of(PROGRESS)),
    "warm_start": SWITCH,
    "momentum": number(0, 1, "[]"),
    "nesterovs_momentum": SWITCH,
    "early_stopping": SWITCH,
    "validation_fraction": number(0, 1),
    "beta_1": number(0, 1),
    "beta_2": number(0, 1),
    "epsilon": number(0, ends="()"),
    "n_iter_no_change": either(whole(1), INFINITE),
    "max_fun": whole(1),
    "random_state": seeds(32),
    "n_threads": either(NONE, whole(1)),
}


def hidden_activations(argument: Any, n_hidden: int) -> list[str]:
    """One of `ACTIVATIONS` for each hidden layer, from one name or a list of them.

    Raises `SpecError` for another name, and for a list of another length.
    """
    given = listed(argument)
    names = [argument] * max(n_hidden, 1) if given is None else given
    if given is not None and len(names) != n_hidden:
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
    """The share of units dropped after each hidden layer, from one number or a list.

    Raises `SpecError` for a rate outside [0, 1), and for a list of another length.
    """
    given = listed(argument)
    rates = [argument] * max(n_hidden, 1) if given is None else given
    if given is not None and len(rates) != n_hidden:
        raise SpecError(
            f"dropout lists {len(rates)} rates, but hidden_layer_sizes has {n_hidden} layers."
        )
    holds, allowed = number(0, 1)
    for rate in rates:
        if not holds(rate):
            raise SpecError(f"dropout must be {allowed}, or a list of them, found {rate!r}.")
    return [float(rate) for rate in rates[:n_hidden]]
