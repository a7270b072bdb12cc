"""How the Tabular estimators train unless told otherwise, as data.

RealMLP-TD by task, and presets that say how many such networks train for how long. An estimator's
own arguments replace some of the numbers; the result becomes an ordinary `NetworkSpec` and
`TrainingSpec`, so all of it can be traced and checked.

Source: Holzmüller, Grinsztajn and Steinwart, "Better by default", arXiv 2407.04491; the rules for
few and for many rows are this project's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from chainrule.errors import SpecError
from chainrule.estimators.arguments import plain
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Layer,
    LayerNorm,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Residual,
    Scale,
    Schedule,
    TrainingSpec,
)
from chainrule.spec.checks import check_number, check_whole

# Starting weights that go with the neural-tangent parametrisation.
_NTK_INITS = ("ntk", "data_driven")
# Factors on the learning rate; those on weight decay come on top of them. The optimum was found
# with the rate's factor in both, so that decay goes by its square.
_SLOW = ("frequency", "phase", "weight", "bias", "activation_weight")
_RATES = {"b": 0.1, "scale": 6.0, **dict.fromkeys(_SLOW, 0.1)}
_DECAYS = {**_RATES, "b": 0.0, "embedding": 1.0}
# Of "auto" batches: how many an epoch, and their least and most rows.
_BATCHES = 32
_BATCH_ROWS = (16, 256)


@dataclass(frozen=True)
class Recipe:
    """One way to train, complete.

    Attributes
    ----------
    hidden_layer_sizes : tuple of int
    activation : str
        Of every hidden layer.
    parametric : bool
        Whether its strength is learned, unit by unit.
    layer_norm : bool
        Whether each hidden layer's z is normalised over its units.
    residual : bool
        Whether hidden layers as wide as the one before stand in residual blocks.
    init : str
        One of `INITIALIZATIONS`; "ntk" and "data_driven" also mean z = W a / sqrt(n_in) + b.
    frequencies, embedded_numbers : int
        Cosines and outputs of the periodic embedding of each number; 0 outputs have none.
    max_one_hot, level_units : int
        Columns of more levels are embedded in so many units; 0 units have none.
    front_scale : bool
        Whether layer 1's inputs have learned factors.
    dropout : float
        After every hidden layer.
    optimizer, beta2, learning_rate, schedule, weight_decay
        As in `TrainingSpec`.
    fading : str
        Schedule of dropout and weight decay.
    learning_rate_factors, weight_decay_factors : mapping of str to float
        As in `TrainingSpec`.
    label_smoothing : float
        Share of a row's target that goes to all classes alike, where classes alone are asked for.
    epochs, min_epochs : int
    row_visits : int or None
        Rows that training may see in all, all epochs together; within the bounds of `min_epochs`
        and `epochs`. None is always `epochs`.
    batch_size : int, None or "auto"
        Rows per step; None is the full batch. "auto" makes equal batches, about 32 in an epoch and
        of 16 to 256 rows: few rows need small batches, lest there be too few steps.
    n_members : int
        Networks whose predictions are averaged.
    """

    hidden_layer_sizes: tuple[int, ...] = (256, 256, 256)
    activation: str = "selu"
    parametric: bool = True
    layer_norm: bool = False
    residual: bool = False
    init: str = "data_driven"
    frequencies: int = 16
    embedded_numbers: int = 3
    max_one_hot: int = 8
    level_units: int = 8
    front_scale: bool = True
    dropout: float = 0.15
    optimizer: str = "adamw"
    beta2: float = 0.95
    learning_rate: float = 0.04
    schedule: str = "coslog4"
    weight_decay: float = 0.02
    fading: str = "flat_cos"
    learning_rate_factors: Mapping[str, float] = field(default_factory=lambda: _RATES)
    weight_decay_factors: Mapping[str, float] = field(default_factory=lambda: _DECAYS)
    label_smoothing: float = 0.0
    epochs: int = 256
    min_epochs: int = 16
    row_visits: int | None = 4_000_000
    batch_size: int | str | None = "auto"
    n_members: int = 1

    @property
    def one_hot_limit(self) -> int | None:
        """Levels up to which a column is one-hot; None where there is no embedding."""
        return self.max_one_hot if self.level_units else None

    def network(
        self,
        n_features: int,
        n_outputs: int,
        loss: Loss,
        n_numbers: int = 0,
        levels: Sequence[int] = (),
    ) -> NetworkSpec:
        """The network of this recipe.

        Parameters
        ----------
        n_features, n_outputs : int
        loss : Loss
        n_numbers : int
            Features that are numbers, the first ones.
        levels : sequence of int
            Known levels of each feature that is the number of a level, the last ones.
        """
        ntk = self.init in _NTK_INITS
        layers = self._front(n_features, n_numbers, levels)
        width = 0
        for units in self.hidden_layer_sizes:
            hidden = self._hidden(units, ntk)
            layers += [Residual(tuple(hidden))] if self.residual and units == width else hidden
            width = units
        layers.append(Dense(n_outputs, loss.row.output_activation, ntk))
        return NetworkSpec(n_features, tuple(layers), loss)

    def _hidden(self, units: int, ntk: bool) -> list[Layer]:
        """One hidden layer with all that belongs to it."""
        layers: list[Layer] = [Dense(units, ntk=ntk)]
        if self.layer_norm:
            layers.append(LayerNorm())
        layers.append(Activation(self.activation, self.parametric))
        if self.dropout != 0:
            layers.append(Dropout(self.dropout))
        return layers

    def _front(self, n_features: int, n_numbers: int, levels: Sequence[int]) -> list[Layer]:
        """What stands before layer 1."""
        parts: list[Part] = []
        if self.embedded_numbers and n_numbers:
            parts.append(
                Part(n_numbers, PeriodicEmbedding(self.frequencies, self.embedded_numbers))
            )
        between = n_features - len(levels) - sum(part.columns for part in parts)
        if between:
            parts.append(Part(between))
        if levels:
            parts.append(Part(len(levels), CategoryEmbedding(tuple(levels), self.level_units)))
        front: list[Layer] = []
        if any(part.layer is not None for part in parts):
            front.append(Columns(tuple(parts)))
        if self.front_scale:
            front.append(Scale())
        return front

    def training(
        self,
        spec: NetworkSpec,
        n_rows: int,
        seed: int,
        n_threads: int | None,
        patience: int | None,
    ) -> TrainingSpec:
        """The training of this recipe's network on so many rows."""
        epochs = self.epochs_for(n_rows)
        families = {name.rstrip("0123456789") for name in spec.parameter_shapes}
        rates, decays = (
            {family: factor for family, factor in factors.items() if family in families}
            for factors in (self.learning_rate_factors, self.weight_decay_factors)
        )
        constants = {"cycles": float(_cycles(epochs))} if self.schedule == "coslog4" else {}
        return TrainingSpec(
            optimizer=self.optimizer,
            beta2=self.beta2,
            learning_rate=self.learning_rate,
            schedule=Schedule(self.schedule, constants),
            weight_decay=self.weight_decay,
            weight_decay_schedule=Schedule(self.fading if self.weight_decay else "constant"),
            dropout_schedule=Schedule(self.fading if self.dropout else "constant"),
            learning_rate_factors=rates,
            weight_decay_factors=decays if self.weight_decay else {},
            epochs=epochs,
            batch_size=self.batch_size_for(n_rows),
            patience=patience,
            seed=seed,
            n_threads=n_threads,
        )

    def epochs_for(self, n_rows: int) -> int:
        """Passes over so many rows."""
        if self.row_visits is None:
            return self.epochs
        return min(max(self.row_visits // n_rows, self.min_epochs), self.epochs)

    def batch_size_for(self, n_rows: int) -> int | None:
        """Rows per step, such that the last batch of an epoch is not a small one."""
        if not isinstance(self.batch_size, str):
            return self.batch_size
        wanted = min(max(n_rows / _BATCHES, _BATCH_ROWS[0]), _BATCH_ROWS[1])
        near = range(math.ceil(0.8 * wanted), math.floor(1.25 * wanted) + 1)

        def last_share(size: int) -> float:
            """The last batch's size, as a share of the others'; nine tenths are as good as all."""
            return min((n_rows % size or size) / size, 0.9)

        return min(near, key=lambda size: (-last_share(size), abs(size - wanted)))


def _cycles(epochs: int) -> int:
    """Valleys of the schedule: fewer in a short run, whose last one must be long enough."""
    return 4 if epochs >= 64 else 3 if epochs >= 20 else 2


TASKS: dict[str, Recipe] = {
    "classification": Recipe(),
    "regression": Recipe(activation="mish", learning_rate=0.2),
}

# Losses with a learning rate of their own. Counts, like classes, are a likelihood of logits: on six
# drawn tables their deviance was 4 % lower than with the rate of the other regressions.
_RATE_OF_LOSS = {"poisson": TASKS["classification"].learning_rate}

PRESETS: dict[str, Mapping[str, int]] = {
    "fast": {"n_members": 1, "epochs": 96, "row_visits": 3_000_000},
    "default": {"n_members": 4, "epochs": 64, "row_visits": 800_000},
    "best": {"n_members": 8, "epochs": 256, "row_visits": 4_000_000},
}

# Arguments of an estimator that are fields of the recipe.
_GIVEN = (
    "n_members", "epochs", "learning_rate", "dropout", "weight_decay", "embedded_numbers", "init",
)  # fmt: skip

# Metrics that look at the predicted class alone.
_OF_CLASSES = ("accuracy", "balanced_accuracy")
_LABEL_SMOOTHING = 0.1


def resolve(
    arguments: Mapping[str, Any], task: str, changes: Mapping[str, Any] | None = None
) -> Recipe:
    """The task's recipe with the preset, an estimator's arguments and `changes` in place.

    Raises
    ------
    SpecError
        For an argument that cannot be.
    """
    preset = arguments["preset"]
    if not isinstance(preset, str) or preset not in PRESETS:
        raise SpecError(
            f"preset {preset!r} is not offered; the presets are {', '.join(map(repr, PRESETS))}."
        )
    given: dict[str, Any] = {}
    if isinstance(arguments["loss"], str) and arguments["loss"] in _RATE_OF_LOSS:
        given["learning_rate"] = _RATE_OF_LOSS[arguments["loss"]]
    given |= {name: plain(arguments[name]) for name in _GIVEN if arguments[name] is not None}
    if "epochs" in given:
        given["row_visits"] = None
    if arguments["hidden_layer_sizes"] is not None:
        given["hidden_layer_sizes"] = _sizes(arguments["hidden_layer_sizes"])
    if not _is_text(arguments["batch_size"], "auto"):
        given["batch_size"] = plain(arguments["batch_size"])
    if isinstance(arguments["metric"], str) and arguments["metric"] in _OF_CLASSES:
        given["label_smoothing"] = _LABEL_SMOOTHING
    recipe = replace(TASKS[task], **{**PRESETS[preset], **given, **(changes or {})})
    check_whole("n_members", recipe.n_members, 1)
    check_whole("epochs", recipe.epochs, 0)
    check_number("dropout", recipe.dropout, 0.0, 1.0)
    check_number("weight_decay", recipe.weight_decay, 0.0)
    check_whole("embedded_numbers", recipe.embedded_numbers, 0)
    if arguments["validation_fraction"] is not None:
        check_number("validation_fraction", plain(arguments["validation_fraction"]), 0.0, 0.9)
    _check_refit(arguments["refit"], recipe.n_members)
    return recipe


def _check_refit(refit: Any, n_members: int) -> None:
    if not isinstance(refit, bool | np.bool_):
        raise SpecError(f"refit must be True or False, found {refit!r}.")
    if refit and n_members > 1:
        raise SpecError(
            f"refit=True goes with one network, and there are {n_members} members, which see all "
            "rows between them; pass n_members=1, or refit=False."
        )


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
