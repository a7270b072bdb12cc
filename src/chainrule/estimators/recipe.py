"""How the Tabular estimators train unless told otherwise, as data.

A preset is a row of numbers. An estimator's own arguments replace some of them; the result becomes
an ordinary `NetworkSpec` and `TrainingSpec`, so all of it can be traced and checked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.spec import LOSSES, Dense, Dropout, Loss, NetworkSpec, Schedule, TrainingSpec
from chainrule.spec.training import check_number


@dataclass(frozen=True)
class Recipe:
    """One way to train, complete.

    Attributes
    ----------
    hidden_layer_sizes : tuple of int
    activation : str
        Of every hidden layer.
    init : str
        One of `INITIALIZATIONS`; "ntk" also means z = W a / sqrt(n_in) + b.
    dropout : float
        After every hidden layer.
    optimizer, beta2, learning_rate, schedule, epochs, batch_size
        As in `TrainingSpec`.
    n_members : int
        Networks whose predictions are averaged.
    """

    hidden_layer_sizes: tuple[int, ...] = (256, 256, 256)
    activation: str = "relu"
    init: str = "he_uniform"
    dropout: float = 0.0
    optimizer: str = "adam"
    beta2: float = 0.95
    learning_rate: float = 2e-3
    schedule: str = "cosine"
    epochs: int = 64
    batch_size: int | None = 64
    n_members: int = 1

    def network(self, n_inputs: int, n_outputs: int, loss: Loss) -> NetworkSpec:
        """The network of this recipe for a table of `n_inputs` encoded inputs."""
        ntk = self.init == "ntk"
        layers: list[Dense | Dropout] = []
        for units in self.hidden_layer_sizes:
            layers.append(Dense(units, self.activation, ntk))
            if self.dropout != 0:
                layers.append(Dropout(self.dropout))
        layers.append(Dense(n_outputs, LOSSES[loss.name][0], ntk))
        return NetworkSpec(n_inputs, tuple(layers), loss)

    def training(
        self, seed: int, n_threads: int | None, patience: int | None, time_limit: float | None
    ) -> TrainingSpec:
        """The training of this recipe."""
        return TrainingSpec(
            optimizer=self.optimizer,
            beta2=self.beta2,
            learning_rate=self.learning_rate,
            schedule=Schedule(self.schedule),
            epochs=self.epochs,
            batch_size=self.batch_size,
            patience=patience,
            time_limit=time_limit,
            seed=seed,
            n_threads=n_threads,
        )


PRESETS: dict[str, Recipe] = {"fast": Recipe(), "default": Recipe()}


def resolve(arguments: Mapping[str, Any]) -> Recipe:
    """The preset named by an estimator's arguments with the given ones in place.

    Raises
    ------
    SpecError
        For an unknown preset, and for what this version does not offer.
    """
    preset = arguments["preset"]
    if not isinstance(preset, str) or preset not in PRESETS:
        raise SpecError(
            f"preset {preset!r} is not offered; the presets are {', '.join(map(repr, PRESETS))}."
        )
    members = plain(arguments["n_members"])
    if members not in (None, 1):
        raise SpecError(
            f"n_members={members!r} is not offered by this version; leave it out or pass 1."
        )
    if arguments["refit"] is not False:
        raise SpecError(
            f"refit={arguments['refit']!r} is not offered by this version; pass refit=False."
        )
    given = {
        name: plain(arguments[name])
        for name in ("epochs", "learning_rate", "dropout", "init")
        if arguments[name] is not None
    }
    if arguments["hidden_layer_sizes"] is not None:
        given["hidden_layer_sizes"] = _sizes(arguments["hidden_layer_sizes"])
    if not _is_text(arguments["batch_size"], "auto"):
        given["batch_size"] = plain(arguments["batch_size"])
    if "dropout" in given:
        check_number("dropout", given["dropout"], 0.0, 1.0)
    check_number("validation_fraction", plain(arguments["validation_fraction"]), 0.0, 0.9)
    return replace(PRESETS[preset], **given)


def number_type(dtype: Any) -> str:
    """ "float32" or "float64" from a name or a NumPy type."""
    try:
        name = str(np.dtype(dtype))
    except TypeError:
        name = ""
    if name not in ("float32", "float64"):
        raise SpecError(f"dtype must be 'float32' or 'float64', found {dtype!r}.")
    return name


def plain(value: Any) -> Any:
    """A NumPy scalar, as grids of parameters hold them, as a Python number."""
    return value.item() if isinstance(value, np.generic) else value


def _sizes(value: Any) -> tuple[int, ...]:
    if isinstance(value, int | np.integer) and not isinstance(value, bool):
        return (int(value),)
    if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str):
        return tuple(plain(units) for units in value)
    raise SpecError(
        f"hidden_layer_sizes must be a whole number or a sequence of them, found {value!r}."
    )


def _is_text(value: Any, text: str) -> bool:
    return isinstance(value, str) and value == text
