"""How the corpus describes networks and training: the only lines that name today's descriptions.

A case says what it is in the words of these functions. Where a layer, a parameter or a field of a
trace gets another name or place, what changes is here, and no hash with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.spec import (
    LOSSES,
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    LayerNorm,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Residual,
    Scale,
    TrainingSpec,
    TrainingState,
)

# The words of the cases for arrays of parameters -> their names; layers count from 1.
FAMILIES = {
    "W": "W",
    "b": "b",
    "blend": "activation_weight",
    "freq": "frequency",
    "phase": "phase",
    "mix": "weight",
    "shift": "bias",
    "levels": "embedding",
    "scale": "scale",
}


# Hidden layers of kinds that came after the corpus began.
LATER = {
    "norm": [[Dense(40), LayerNorm(), Activation("gelu", True)], [Dense(17, "tanh"), LayerNorm()]],
    "norm-first": [[LayerNorm(), Scale()], [Dense(9, "mish")]],
    "residual": [
        [Dense(20, "relu"), Dropout(0.2)],
        [Residual((LayerNorm(), Dense(33, "silu"), Dropout(0.3), Dense(20)))],
        [Residual((Dense(20, "tanh"), Residual((Dense(3), Dense(20)))))],
    ],
}


@dataclass(frozen=True)
class Net:
    """A network, and what its rows must look like."""

    spec: NetworkSpec
    n_features: int
    n_outputs: int
    loss: str
    levels: tuple[int, ...]
    drops: bool


def dense(
    units: int,
    activation: str = "identity",
    *,
    ntk: bool = False,
    blend: bool = False,
    dropout: float = 0.0,
) -> list[Any]:
    """A dense layer with its activation, and the dropout after it."""
    layer = Dense(units, Activation(activation, blend) if blend else activation, ntk)
    return [layer, Dropout(dropout)] if dropout else [layer]


def network(
    n_features: int,
    hidden: Sequence[list[Any]] = (),
    outputs: int = 2,
    loss: str = "squared_error",
    *,
    output: str | None = None,
    ntk: bool = False,
    periodic: tuple[int, int, int] | None = None,
    categories: tuple[Sequence[int], int] | None = None,
    scale: bool = False,
    input_dropout: float = 0.0,
) -> Net:
    """A network from its hidden layers.

    `output` is the last layer's activation, by default that of the loss; `periodic` is
    (columns, frequencies, outputs), `categories` (levels of each, units).
    """
    layers: list[Any] = []
    if periodic or categories:
        layers.append(Columns(_parts(n_features, periodic, categories)))
    if scale:
        layers.append(Scale())
    if input_dropout:
        layers.append(Dropout(input_dropout))
    for parts in hidden:
        layers.extend(parts)
    layers.append(Dense(outputs, output or LOSSES[loss].output_activation, ntk))
    constants: dict[str, Any] = {}
    if loss == "huber":
        constants["huber_delta"] = 0.7
    if loss == "pinball":
        constants["quantiles"] = tuple((k + 1) / (outputs + 1) for k in range(outputs))
    spec = NetworkSpec(n_features, tuple(layers), Loss(loss, **constants))
    return Net(
        spec=spec,
        n_features=n_features,
        n_outputs=outputs,
        loss=loss,
        levels=tuple(categories[0]) if categories else (),
        drops=any(at.layer.draws for at in spec.walk),
    )


def _parts(
    n_features: int,
    periodic: tuple[int, int, int] | None,
    categories: tuple[Sequence[int], int] | None,
) -> tuple[Part, ...]:
    """Side by side: the embedding of the first columns, those passed on, that of the last ones."""
    parts = []
    if periodic:
        parts.append(Part(periodic[0], PeriodicEmbedding(*periodic[1:])))
    coded = len(categories[0]) if categories else 0
    between = n_features - coded - (periodic[0] if periodic else 0)
    if between:
        parts.append(Part(between))
    if categories:
        parts.append(Part(coded, CategoryEmbedding(tuple(categories[0]), categories[1])))
    return tuple(parts)


def training(**changes: Any) -> TrainingSpec:
    """Two epochs of Adam in batches of 16, unless told otherwise."""
    for name in ("learning_rate_factors", "weight_decay_factors"):
        if name in changes:
            changes[name] = {parameter(word): value for word, value in changes[name].items()}
    return TrainingSpec(**{"learning_rate": 0.01, "epochs": 2, "batch_size": 16, **changes})


def parameter(word: str) -> str:
    """The name of a parameter, such as "W2", or of a family, such as "W"."""
    family = word.rstrip("0123456789")
    return FAMILIES[family] + word[len(family) :]


def arrays(net: Net, params: dict[str, np.ndarray]) -> list[np.ndarray]:
    """Parameters or gradients in storage order: before layer 1, then W, b and blend of each."""
    return [params[name] for name in net.spec.parameter_shapes]


def replaced(net: Net, values: list[np.ndarray]) -> dict[str, np.ndarray]:
    """The parameters of which these are the arrays in storage order."""
    return dict(zip(net.spec.parameter_shapes, values, strict=True))


def moments(state: TrainingState) -> list[np.ndarray]:
    """What the optimizer remembers: first moments in storage order, then second ones."""
    return list(state.moments.values())


def traced(seen: engine.Trace) -> list[Any]:
    """The numbers of a trace by layer: a(0), then z, a before dropout, delta and mask of each."""
    numbers: list[Any] = [seen.a[0]]
    for l in range(1, len(seen.a)):
        numbers += [seen.z[l], seen.a[l], seen.delta[l], seen.masks[l]]
    return [*numbers, seen.masks[0], seen.losses, seen.data_loss, seen.weight_sum]
