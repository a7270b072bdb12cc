"""What each argument of the Tabular estimators may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from chainrule.estimators.arguments import (
    FUNCTION,
    NONE,
    SWITCH,
    TEXT,
    Rule,
    check_arguments,
    either,
    number,
    one_of,
    seeds,
    unit_counts,
    whole,
)

RULES: dict[str, Rule] = {
    "preset": TEXT,
    "metric": either(TEXT, FUNCTION, NONE),
    "greater_is_better": either(SWITCH, NONE),
    "loss": either(TEXT, NONE),
    "n_members": either(whole(1), NONE),
    "epochs": either(whole(0), NONE),
    "batch_size": either(one_of("auto"), whole(1), NONE),
    "learning_rate": either(number(0), NONE),
    "validation_fraction": either(number(0, 0.9, "[]"), NONE),
    "patience": either(whole(1), NONE),
    "time_limit": either(number(0, ends="()"), NONE),
    "drop_identifiers": SWITCH,
    "hash_categories": SWITCH,
    "calibrate": SWITCH,
    "clip": SWITCH,
    "refit": SWITCH,
    "warm_start": SWITCH,
    "dropout": either(number(0, 1), NONE),
    "weight_decay": either(number(0, 1000, "[]"), NONE),
    "embedded_numbers": either(whole(0, 64), NONE),
    "init": either(TEXT, NONE),
    "dtype": (
        lambda value: isinstance(value, str | type | np.dtype),
        "'float32', 'float64' or 'bfloat16'",
    ),
    "random_state": seeds(64),
    "n_threads": either(whole(1), NONE),
    "verbose": either(SWITCH, whole(0)),
}


def check_tabular(arguments: Mapping[str, Any]) -> None:
    """Raise `SpecError` naming the first argument of a Tabular estimator that cannot be."""
    check_arguments(RULES, arguments)
    sizes = arguments["hidden_layer_sizes"]
    if sizes is not None:
        unit_counts(sizes)
