"""From what people type to specs: sizes, keywords, and the names that other libraries use."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.spec.checks import check_number
from chainrule.spec.layers import Dense, Dropout, layer_from_json
from chainrule.spec.losses import LOSSES, Loss
from chainrule.spec.network import NetworkSpec
from chainrule.spec.training import TrainingSpec

# What people from other libraries type, and the name here.
_FOREIGN_NAMES = {
    "alpha": "l2",
    "eta": "learning_rate",
    "learning_rate_init": "learning_rate",
    "lr": "learning_rate",
    "max_iter": "epochs",
    "n_epochs": "epochs",
    "n_iter_no_change": "patience",
    "n_jobs": "n_threads",
    "solver": "optimizer",
    "validation_data": "eval_set",
}


def network_spec(
    layers: Sequence[Any],
    activation: str | Sequence[str],
    output_activation: str | None,
    loss: Loss,
    dropout: float,
    ntk: bool,
    bfloat16: bool = False,
) -> NetworkSpec:
    """A spec from sizes [n_features, ..., n_outputs], or [n_features, layer, layer, ...].

    `activation` is one name for all hidden layers or one each; an unset `output_activation` follows
    from the loss; `dropout` is the rate after every hidden layer. Raises `SpecError` naming the
    argument that cannot be.
    """
    if isinstance(layers, str) or not isinstance(layers, Sequence) or len(layers) < 2:
        raise SpecError(
            f"layers must be sizes from input to output, as [2, 8, 1], found {layers!r}."
        )
    if output_activation is None:
        output_activation = (
            LOSSES[loss.name].output_activation if loss.name in LOSSES else "identity"
        )
    name_of("output_activation", output_activation)
    check_number("dropout", dropout, 0.0, 1.0)
    first, *rest = layers
    n_features = whole("the first entry of layers, the number of features,", first)
    if not all(_is_whole(layer) for layer in rest):
        described = [
            layer_from_json(f"layer {k}", layer) if isinstance(layer, Mapping) else layer
            for k, layer in enumerate(rest)
        ]
        return NetworkSpec(n_features, tuple(described), loss, bfloat16)
    sizes = [operator.index(size) for size in rest]
    one = isinstance(activation, str)
    if not one and not isinstance(activation, Sequence):
        raise SpecError(f"activation must be a name or a list of names, found {activation!r}.")
    hidden = [activation] * (len(sizes) - 1) if one else list(activation)
    if len(hidden) != len(sizes) - 1:
        raise SpecError(
            f"activation must be one name or one per hidden layer: {len(sizes) - 1} hidden layers, "
            f"{len(hidden)} names."
        )
    built: list[Any] = []
    for size, name in zip(sizes, [*hidden, output_activation], strict=True):
        built.append(Dense(size, name, ntk))
        if dropout and len(built) < 2 * len(hidden):
            built.append(Dropout(dropout))
    return NetworkSpec(n_features, tuple(built), loss, bfloat16)


def training_spec(given: Mapping[str, Any]) -> TrainingSpec:
    """A spec from keywords of `fit`; `TypeError` answers an unknown one with the name to use."""
    known = [f.name for f in fields(TrainingSpec)]
    for key in given:
        if key not in known:
            guess = _FOREIGN_NAMES.get(key) or next(
                iter(difflib.get_close_matches(key, known, 1)), None
            )
            hint = f"did you mean '{guess}'?" if guess else f"fit takes {', '.join(known)}."
            raise TypeError(f"fit has no argument '{key}'; {hint}")
    return TrainingSpec(**given)


def training_values(training: TrainingSpec) -> dict[str, Any]:
    """The keywords that give an equal spec."""
    return {f.name: getattr(training, f.name) for f in fields(training)}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def whole(name: str, value: Any) -> int:
    """`value` as an int, NumPy's integers included; `SpecError` names anything else."""
    if not _is_whole(value):
        raise SpecError(f"{name} must be a whole number, found {value!r}.")
    return operator.index(value)


def seed_of(value: Any) -> int:
    """`random_state` as the 64 bits of a seed; `SpecError` for anything else."""
    seed = whole("random_state", value)
    if not 0 <= seed < 1 << 64:
        raise SpecError(f"random_state must be from 0 to 2**64 - 1, found {value!r}.")
    return seed


def name_of(argument: str, value: Any) -> str:
    """`value` if it is text, such as the name of a loss; `SpecError` for anything else."""
    if not isinstance(value, str):
        raise SpecError(f"{argument} must be a name, found {value!r}.")
    return value


def training_type(dtype: Any) -> tuple[str, bool]:
    """The number type of parameters, and whether training multiplies in bfloat16.

    Raises `SpecError` for any but "float32", "float64" and "bfloat16", by name or as a type.
    """
    if getattr(dtype, "__name__", str(dtype)) == "bfloat16":
        return "float32", True
    return number_type(dtype, "'float32', 'float64' or 'bfloat16'"), False


def number_type(dtype: Any, known: str = "'float32' or 'float64'") -> str:
    """ "float32" or "float64" from a name or a NumPy type; `SpecError` for any other."""
    try:
        name = str(np.dtype(dtype))
    except (TypeError, ValueError):
        name = ""
    if dtype is None or name not in ("float32", "float64"):
        raise SpecError(f"dtype must be {known}, found {dtype!r}.")
    return name
