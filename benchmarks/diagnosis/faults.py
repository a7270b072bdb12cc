"""Trainings with a seeded fault, and healthy ones, for `benchmarks.diagnosis.recall`."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from benchmarks.diagnosis.tables import Table
from chainrule import Network
from chainrule.errors import DivergedError
from chainrule.explain.diagnosis.findings import Diagnosis

# (hidden sizes, activation, keywords of fit) of healthy runs; a fault starts from one of them.
RECIPES: list[tuple[list[int], str, dict[str, Any]]] = [
    ([32], "relu", {"optimizer": "adam", "learning_rate": 5e-3}),
    ([24, 12], "tanh", {"optimizer": "momentum", "learning_rate": 0.02}),
    ([20] * 5, "gelu", {"optimizer": "adamw", "learning_rate": 3e-3, "weight_decay": 0.01}),
    ([16], "sigmoid", {"optimizer": "rmsprop", "learning_rate": 5e-3}),
    ([32, 32], "relu", {"optimizer": "sgd", "learning_rate": 0.05, "schedule": "cosine"}),
]
EPOCHS = 25
HEALTHY_EPOCHS = 250  # after fewer some of these losses still fall


def healthy(table: Table, variant: int) -> tuple[Network, Diagnosis]:
    """One of five good trainings, every other one with validation rows."""
    rng = np.random.default_rng([variant, len(table.X)])
    hidden, activation, fit = RECIPES[variant % len(RECIPES)]
    if variant % 2 == 0:
        return train(table, hidden, activation, {**fit, "epochs": HEALTHY_EPOCHS}, seed=variant)
    order = rng.permutation(len(table.X))
    cut = len(order) * 4 // 5
    held = (table.X[order[cut:]], table.y[order[cut:]])
    kept = Table(table.name, table.X[order[:cut]], table.y[order[:cut]], table.n_classes)
    return train(
        kept,
        hidden,
        activation,
        {**fit, "epochs": HEALTHY_EPOCHS, "eval_set": held, "patience": 10},
        seed=variant,
    )


def train(
    table: Table,
    hidden: list[int],
    activation: str,
    fit: dict[str, Any],
    *,
    seed: int = 0,
    change: Callable[[Network], None] | None = None,
    init: str | None = None,
) -> tuple[Network, Diagnosis]:
    """Train, after `change` to the fresh network, and diagnose on the same rows."""
    net = Network(
        [table.X.shape[1], *hidden, table.n_classes or 1],
        activation=activation,
        loss="cross_entropy" if table.n_classes else "squared_error",
        random_state=seed,
        init=init,
    )
    if change is not None:
        change(net)
    with suppress(DivergedError):
        net.fit(table.X, table.y, **{"epochs": EPOCHS, "n_threads": 1, **fit})
    return net, net.diagnose(table.X, table.y)


def _recipe(rng: np.random.Generator) -> tuple[list[int], str, dict[str, Any]]:
    hidden, activation, fit = RECIPES[rng.integers(len(RECIPES))]
    return hidden, activation, dict(fit)


def vanishing(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """Seven to ten sigmoid layers."""
    hidden = [int(rng.choice([8, 12, 16]))] * int(rng.integers(7, 11))
    fit = {"optimizer": str(rng.choice(["sgd", "momentum"])), "learning_rate": 0.1}
    return train(table, hidden, "sigmoid", fit, seed=int(rng.integers(99)))


def exploding(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """Five to eight layers that start with weights two and a half to four times too large."""
    factor = float(rng.uniform(2.5, 4.0))

    def enlarge(net: Network) -> None:
        net.weights = [factor * W for W in net.weights]

    hidden = [16] * int(rng.integers(5, 9))
    activation = str(rng.choice(["relu", "leaky_relu", "identity"]))
    fits = [
        {"optimizer": "sgd", "learning_rate": 0.01},
        {"optimizer": "adam", "learning_rate": 1e-3},
        {"optimizer": "sgd", "learning_rate": 0.01, "clip_norm": 1.0},
    ]
    fit = fits[rng.integers(3)]
    return train(table, hidden, activation, fit, seed=int(rng.integers(99)), change=enlarge)


def dead_units(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """Half of the first layer's relu units, or more, start below zero on every row."""
    share = float(rng.uniform(0.5, 1.0))

    def kill(net: Network) -> None:
        z = table.X @ np.asarray(net.weights[0], np.float64).T
        down = rng.permutation(len(z.T))[: int(np.ceil(share * len(z.T)))]
        b = np.array(net.biases[0])
        b[down] = -z.max(axis=0)[down] - rng.uniform(0.5, 5.0)
        net.biases[0] = b

    hidden = [[32], [16, 16], [32, 16]][rng.integers(3)]
    fit = [{"optimizer": "sgd", "learning_rate": 0.02}, {"optimizer": "adam"}][rng.integers(2)]
    return train(table, hidden, "relu", fit, seed=int(rng.integers(99)), change=kill)


def saturated(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """Inputs a hundred times too large for sigmoid or tanh."""
    large = Table(table.name, 100.0 * table.X, table.y, table.n_classes)
    activation = str(rng.choice(["sigmoid", "tanh"]))
    hidden = [[16], [16, 16]][rng.integers(2)]
    fit = [{"optimizer": "sgd", "learning_rate": 0.02}, {"optimizer": "adam"}][rng.integers(2)]
    return train(large, hidden, activation, fit, seed=int(rng.integers(99)))


def rate_too_high(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """A rate of 10 for plain steps, 1 for those of normalised size."""
    hidden, activation, fit = _recipe(rng)
    normalised = fit["optimizer"] in ("adam", "adamw", "rmsprop")
    fit["learning_rate"] = float(rng.uniform(1.0, 3.0) * (1.0 if normalised else 10.0))
    fit.pop("weight_decay", None)
    return train(table, hidden, activation, fit, seed=int(rng.integers(99)))


def rate_too_low(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """A rate of a ten-millionth."""
    hidden, activation, fit = _recipe(rng)
    fit["learning_rate"] = 1e-7
    return train(table, hidden, activation, fit, seed=int(rng.integers(99)))


def unscaled_inputs(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """One column or more in units a thousand to a hundred thousand times too small."""
    X = table.X.copy()
    few = rng.permutation(X.shape[1])[: max(1, X.shape[1] // 5)]
    X[:, few] *= 10.0 ** rng.uniform(3, 5, size=len(few))
    hidden, activation, fit = _recipe(rng)
    raw = Table(table.name, X, table.y, table.n_classes)
    return train(raw, hidden, activation, fit, seed=int(rng.integers(99)))


def leak(table: Table, rng: np.random.Generator) -> tuple[Network, Diagnosis]:
    """The target among the inputs, in other units and with up to 2 % noise."""
    copied = table.y.astype(float)
    copied = (copied - copied.mean()) / copied.std()
    copied = copied * rng.choice([-1.0, 1.0]) + rng.uniform(0, 0.02) * rng.normal(size=len(copied))
    place = int(rng.integers(table.X.shape[1] + 1))
    X = np.insert(table.X, place, copied, axis=1)
    hidden, activation, fit = _recipe(rng)
    leaky = Table(table.name, X, table.y, table.n_classes)
    return train(leaky, hidden, activation, fit, seed=int(rng.integers(99)))


# code -> what seeds it.
FAULTS: dict[str, Callable[[Table, np.random.Generator], tuple[Network, Diagnosis]]] = {
    "vanishing": vanishing,
    "exploding": exploding,
    "dead-units": dead_units,
    "saturated": saturated,
    "rate-too-high": rate_too_high,
    "rate-too-low": rate_too_low,
    "unscaled-inputs": unscaled_inputs,
    "leak": leak,
}
