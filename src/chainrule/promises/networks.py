"""Small networks and rows that the promises are tried on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from chainrule import engine
from chainrule.spec import (
    ACTIVATIONS,
    LOSSES,
    OPTIMIZERS,
    Columns,
    Dense,
    Layer,
    LayerNorm,
    Loss,
    NetworkSpec,
    Part,
    PeriodicEmbedding,
    Residual,
    Scale,
    TrainingSpec,
)

Params = dict[str, np.ndarray]


class Case(NamedTuple):
    """A network in float64, its rows and its training."""

    spec: NetworkSpec
    params: Params
    X: np.ndarray
    y: np.ndarray
    training: TrainingSpec


def cases(count: int, seed: int = 0) -> list[Case]:
    """Every activation, loss and optimizer in turn, in networks of one to three hidden layers.

    Each fourth has layers of other kinds among them, too.
    """
    draw = np.random.default_rng(seed)
    activations, losses, optimizers = list(ACTIVATIONS), list(LOSSES), list(OPTIMIZERS)
    return [
        _case(
            draw,
            activations[k % len(activations)],
            losses[k % len(losses)],
            optimizers[k % len(optimizers)],
            k % 4 == 2,
        )
        for k in range(count)
    ]


def _case(
    draw: np.random.Generator, activation: str, loss: str, optimizer: str, mixed: bool
) -> Case:
    n_rows, n_features, n_outputs = (int(draw.integers(low, low + 6)) for low in (7, 2, 2))
    levels = tuple(np.linspace(0.1, 0.9, n_outputs).tolist())
    quantiles = levels if "quantiles" in LOSSES[loss].constants else ()
    hidden: list[Layer] = [
        Dense(int(draw.integers(2, 9)), activation) for _ in range(draw.integers(1, 4))
    ]
    if mixed:
        hidden = [*_blocks(n_features, activation), *hidden]
    output = Dense(n_outputs, LOSSES[loss].output_activation)
    spec = NetworkSpec(n_features, (*hidden, output), Loss(loss, quantiles=quantiles))
    params = engine.initialize(spec, seed=int(draw.integers(1 << 30)), dtype="float64")
    params = {name: w + 0.05 * draw.standard_normal(w.shape) for name, w in params.items()}
    y: np.ndarray = draw.standard_normal((n_rows, n_outputs))
    if loss == "cross_entropy":
        y = draw.integers(0, n_outputs, n_rows)
    elif loss == "binary_cross_entropy":
        y = (y > 0).astype(float)
    elif loss == "poisson":
        y = np.abs(np.round(3 * y))
    training = TrainingSpec(
        optimizer=optimizer,
        learning_rate=0.01,
        batch_size=4,
        epochs=3,
        l2=1e-3,
        clip_norm=5.0,
        weight_decay=0.01 if optimizer == "adamw" else 0.0,
        seed=int(draw.integers(1 << 30)),
    )
    return Case(spec, params, draw.standard_normal((n_rows, n_features)), y, training)


def _blocks(n_features: int, activation: str) -> list[Layer]:
    """Layers beside, behind and around one another; no dropout, which is for training alone."""
    return [
        Columns((Part(1, PeriodicEmbedding(2, 2)), Part(n_features - 1))),
        Scale(),
        Dense(4, activation),
        Residual((LayerNorm(), Dense(4, activation))),
    ]


def same_bits(one: Params, other: Params) -> bool:
    """Whether all arrays are equal, bit for bit."""
    return all(one[name].tobytes() == other[name].tobytes() for name in one)
