"""Kinds of bad training whose fault lies in the network and how it is trained."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.diagnosis.case import Case
from benchmarks.diagnosis.kinds import drop_in, held_out, kind, network, tabular
from benchmarks.diagnosis.tables import Table


@kind("learning rate too high", "rate-too-high", "non-finite", "small-batch")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    if strength == 0:
        return drop_in(table, rng, learning_rate_init=float(rng.uniform(1.0, 2.0)))
    if strength == 1:
        return network(table, rng, fit={"learning_rate": float(rng.uniform(0.5, 2.0))})
    return tabular(table, rng, learning_rate=float(rng.uniform(50.0, 200.0)))


@kind("diverged", "rate-too-high", "non-finite", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    rate = float([3.0, 30.0, 1e4][strength] * rng.uniform(1.0, 2.0))
    optimizer = ["sgd", "momentum", "sgd"][strength]
    return network(table, rng, fit={"optimizer": optimizer, "learning_rate": rate})


@kind("learning rate too low", "rate-too-low")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    if strength == 0:
        return network(table, rng, fit={"learning_rate": 1e-5})
    if strength == 1:
        return drop_in(table, rng, learning_rate_init=3e-7)
    return tabular(table, rng, learning_rate=1e-7)


@kind("too few epochs", "still-falling")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    few = table if len(table.X) < 500 else replace(table, X=table.X[:500], y=table.y[:500])
    if strength == 0:
        return network(few, rng, fit={"epochs": 5, "batch_size": 64, "learning_rate": 1e-3})
    if strength == 1:
        return drop_in(few, rng, max_iter=2, learning_rate_init=1e-3)
    return network(few, rng, fit={"epochs": 20, "batch_size": None, "learning_rate": 1e-3})


@kind("batches of one row at a high rate", "small-batch", "rate-too-high")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    few = replace(table, X=table.X[:250], y=table.y[:250])
    rate = [0.03, 0.1, 0.3][strength] * float(rng.uniform(1.0, 2.0))
    if strength == 1:
        return drop_in(few, rng, batch_size=1, learning_rate_init=rate, max_iter=15)
    return network(few, rng, fit={"batch_size": 1, "learning_rate": rate, "epochs": 15})


@kind("many sigmoid layers", "vanishing")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    deep = [16] * [6, 8, 12][strength]
    if strength == 1:
        return drop_in(table, rng, hidden_layer_sizes=tuple(deep), activation="logistic")
    fit = {"optimizer": "sgd", "learning_rate": 0.1}
    return network(table, rng, hidden=deep, activation="sigmoid", fit=fit)


@kind("starting weights too large", "exploding", "rate-too-high")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    factor = [3.0, 6.0, 20.0][strength]

    def enlarge(net: Any) -> None:
        net.weights = [factor * W for W in net.weights]

    return replace(network(table, rng, hidden=[16] * 5), start=enlarge)


@kind("most relu units dead at the start", "dead-units")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    share = [0.7, 0.9, 1.0][strength]

    def kill(net: Any) -> None:
        z = table.X @ np.asarray(net.weights[0], np.float64).T
        down = rng.permutation(24)[: int(np.ceil(share * 24))]
        b = np.array(net.biases[0])
        b[down] = -z.max(axis=0)[down] - 3.0
        net.biases[0] = b

    return replace(network(table, rng, hidden=[24]), start=kill)


@kind("equal starting weights", "twin-units")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    def level(net: Any) -> None:
        net.weights = [np.full_like(W, 0.1) for W in net.weights]

    if strength == 0:
        return replace(network(table, rng, hidden=[16]), start=level)
    if strength == 1:
        return network(table, rng, init="zeros")
    return network(table, rng, init="zeros", activation="sigmoid", hidden=[16])


@kind("dropout too strong", "strong-dropout")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    rate = [0.9, 0.95, 0.98][strength]
    return [network, drop_in, tabular][strength](table, rng, dropout=rate)


@kind("penalty too strong", "strong-penalty")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    if strength == 1:
        return drop_in(table, rng, alpha=300.0)
    fit = [{"l2": 1.0}, {}, {"optimizer": "adamw", "weight_decay": 100.0}][strength]
    return network(table, rng, fit=fit)


@kind("no bend in the network", "linear-network", needs="bends")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    if strength == 0:
        return network(table, rng, hidden=[])
    if strength == 1:
        return drop_in(table, rng, activation="identity")
    return network(table, rng, activation="identity", hidden=[32, 32])


@kind("a layer of one unit", "narrow-layer", "plateau", needs="bends")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    if strength == 1:
        return drop_in(table, rng, hidden_layer_sizes=(1,))
    return network(table, rng, hidden=[[1], [], [16, 1, 16]][strength])


@kind("gradients clipped to nothing", "strong-clipping")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    clip = [1e-3, 1e-4, 1e-6][strength]
    fit = {"optimizer": "sgd", "learning_rate": 0.05, "clip_norm": clip}
    return network(table, rng, fit=fit)


@kind("sorted rows that are not shuffled", "unshuffled-rows", needs="unclear classes")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = np.argsort(table.y, kind="stable")
    rows = replace(table, X=table.X[order], y=table.y[order])
    if strength == 1:
        return drop_in(rows, rng, shuffle=False, batch_size=4, learning_rate_init=0.01)
    fit = {"shuffle": False, "batch_size": [8, 0, 2][strength], "learning_rate": 0.01}
    return network(rows, rng, fit=fit)


@kind("an output that cannot reach the targets", "output-range", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    scaled = replace(table, y=table.y * [1.0, 1.0, 10.0][strength])
    return network(scaled, rng, output_activation=["sigmoid", "relu", "tanh"][strength])


@kind("learned by heart", "overfitting")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    count = [60, 45, 30][strength]
    order = rng.permutation(len(table.X))
    few, held = order[:count], order[count : count + 200]
    noise = rng.normal(size=(len(table.X), 30))
    y = table.y
    if table.n_classes:
        wrong = rng.random(len(y)) < 0.3
        y = np.where(wrong, rng.integers(0, table.n_classes, len(y)), y)
    else:
        y = y + rng.normal(size=len(y))
    wide = replace(table, X=np.column_stack([table.X, noise]), y=y)
    return held_out(network(wide, rng, hidden=[256, 256], fit={"epochs": 120}), few, held)


@kind("stopped before it had begun", "still-falling")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    fit = [
        {"patience": 1, "tol": 0.2, "epochs": 200, "learning_rate": 3e-4},
        {"tol": 0.3, "epochs": 200, "learning_rate": 3e-4},
        {"time_limit": 1e-4, "epochs": 200, "learning_rate": 3e-4},
    ][strength]
    return network(table, rng, fit=fit)


@kind("XOR in a local minimum", "plateau", "narrow-layer", "stuck", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]])
    y = np.array([0.0, 1.0, 1.0, 0.0])
    seed = [6, 11, 17][strength]
    fit = {"optimizer": "sgd", "learning_rate": 0.5, "epochs": 20000, "batch_size": None,
           "reduction": "sum", "n_threads": 1}  # fmt: skip
    made = {"layers": [2, 2, 1], "activation": "sigmoid", "output_activation": "sigmoid",
            "dtype": "float64", "random_state": seed}  # fmt: skip
    return Case("Network", X, y, made, fit)


@kind("a schedule that dies", "dying-schedule")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    factor = [0.3, 0.2, 0.1][strength]
    fit = {"schedule": {"name": "exponential", "factor": factor}, "learning_rate": 1e-3}
    return network(table, rng, fit=fit)


@kind("weights that are frozen", "frozen-weights", needs="bends")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    factors = [{"W1": 0.0, "W2": 0.0}, {"W": 0.0}, {"W": 0.0, "b": 0.0}][strength]
    return network(table, rng, fit={"learning_rate_factors": factors})


@kind("momentum too high", "rate-too-high", "oscillating", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    momentum = [0.99, 0.995, 0.999][strength]
    fit = {"optimizer": "momentum", "momentum": momentum, "learning_rate": 0.05}
    return network(table, rng, fit=fit)


@kind("starting weights too small", "small-weights", "vanishing")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    factor = [0.1, 0.03, 0.01][strength]

    def shrink(net: Any) -> None:
        net.weights = [factor * W for W in net.weights]

    fit = {"optimizer": "sgd", "learning_rate": 0.05}
    return replace(network(table, rng, hidden=[16] * 5, fit=fit), start=shrink)
