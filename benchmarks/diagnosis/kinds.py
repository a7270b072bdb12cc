"""Kinds of bad training, each at three strengths, on any table that it can happen to.

A kind is a function of a table, a strength (0 mild, 1 usual, 2 strong) and random numbers; which
object trains follows from the strength, so that every kind that can is seen on several. A name
beside it says which findings name that cause.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from benchmarks.diagnosis.case import Case
from benchmarks.diagnosis.tables import Table

Make = Callable[[Table, int, np.random.Generator], Case]


@dataclass(frozen=True)
class Kind:
    """One kind of bad training.

    Attributes
    ----------
    name : str
        In words.
    make : callable
    codes : tuple of str
        Any of these as the first finding names the cause.
    needs : str
        Of "numbers", "classes", "two classes", "bends": what table it needs; "" for any.
    """

    name: str
    make: Make
    codes: tuple[str, ...]
    needs: str = ""


KINDS: list[Kind] = []
BENDS = ("moons", "circles", "quantiles", "hastie", "friedman 1", "swiss roll", "waves 250",
         "waves 1200", "moons, wide", "s curve", "friedman 2")  # fmt: skip


def kind(name: str, *codes: str, needs: str = "") -> Callable[[Make], Make]:
    """Put a function into the list of kinds."""

    def put(make: Make) -> Make:
        KINDS.append(Kind(name, make, codes, needs))
        return make

    return put


# A sound training of each object, from which a fault departs.


def network(table: Table, rng: np.random.Generator, **made: Any) -> Case:
    """Two layers of 24, Adam, 30 epochs."""
    hidden = made.pop("hidden", [24, 24])
    fit = {"epochs": 30, "learning_rate": 3e-3, "n_threads": 1, **made.pop("fit", {})}
    given = {
        "layers": [table.X.shape[1], *hidden, table.n_classes or 1],
        "activation": "relu",
        "loss": "cross_entropy" if table.n_classes else "squared_error",
        "random_state": int(rng.integers(99)),
        **made,
    }
    return Case("Network", table.X, table.y, given, fit)


def drop_in(table: Table, rng: np.random.Generator, **made: Any) -> Case:
    """scikit-learn's arguments."""
    maker = "MLPClassifier" if table.n_classes else "MLPRegressor"
    given = {"hidden_layer_sizes": (32,), "learning_rate_init": 3e-3, "max_iter": 60,
             "n_threads": 1, "random_state": int(rng.integers(99)), **made}  # fmt: skip
    return Case(maker, table.X, table.y, given)


def tabular(table: Table, rng: np.random.Generator, **made: Any) -> Case:
    """One network of the recipe, on a data frame."""
    import pandas as pd

    maker = "TabularClassifier" if table.n_classes else "TabularRegressor"
    frame = pd.DataFrame(table.X, columns=[f"c{k}" for k in range(table.X.shape[1])])
    given = {"preset": "fast", "epochs": 20, "hidden_layer_sizes": (48, 48), "n_threads": 1,
             "random_state": int(rng.integers(99)), **made}  # fmt: skip
    return Case(maker, frame, table.y, given)


def _logistic(table: Table, rng: np.random.Generator, **made: Any) -> Case:
    """One sigmoid output for two classes."""
    layers = [table.X.shape[1], 24, 1]
    return network(table, rng, layers=layers, loss="binary_cross_entropy", **made)


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


@kind("inputs so large that units saturate", "input-scale", "saturated", "unscaled-inputs")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    large = replace(table, X=table.X * [50.0, 200.0, 1000.0][strength])
    if strength == 1:
        return drop_in(large, rng, activation="tanh")
    return network(large, rng, activation=["sigmoid", "", "tanh"][strength])


@kind("equal starting weights", "twin-units")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    def level(net: Any) -> None:
        net.weights = [np.full_like(W, 0.1) for W in net.weights]

    if strength == 0:
        return replace(network(table, rng, hidden=[16]), start=level)
    if strength == 1:
        return network(table, rng, init="zeros")
    return network(table, rng, init="zeros", activation="sigmoid", hidden=[16])


@kind("targets in the thousands", "target-scale", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    large = replace(table, y=table.y * [1e3, 1e4, 1e6][strength])
    fit = {"learning_rate": 1e-3}
    return drop_in(large, rng) if strength == 1 else network(large, rng, fit=fit)


@kind("targets far from 0 for their spread", "target-scale", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    offset = replace(table, y=table.y + [200.0, 2000.0, 1e5][strength])
    return drop_in(offset, rng) if strength == 1 else network(offset, rng)


@kind("columns far from 0 for their spread", "input-offset", "unscaled-inputs", "input-scale")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    share = [0.4, 0.7, 1.0][strength]
    moved = rng.permutation(table.X.shape[1])[: max(2, int(share * table.X.shape[1]))]
    X = table.X.copy()
    X[:, moved] += [200.0, 2000.0, 1e4][strength]
    off = replace(table, X=X)
    return drop_in(off, rng) if strength == 1 else network(off, rng)


@kind("columns in very different units", "unscaled-inputs")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    X = table.X.copy()
    X[:, : max(1, X.shape[1] // 3)] *= [300.0, 1e4, 1e6][strength]
    raw = replace(table, X=X)
    return drop_in(raw, rng) if strength == 1 else network(raw, rng)


@kind("inputs all tiny", "input-scale")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    small = replace(table, X=table.X * [3e-3, 1e-3, 1e-5][strength])
    fit = {"optimizer": "sgd", "learning_rate": 0.05}
    return drop_in(small, rng) if strength == 1 else network(small, rng, fit=fit)


@kind("one cell of X huge", "extreme-input")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    X = table.X.copy()
    place = rng.integers(len(X)), rng.integers(X.shape[1])
    X[place] = [1e4, 1e7, 1e30][strength]
    spoiled = replace(table, X=X)
    return drop_in(spoiled, rng) if strength == 1 else network(spoiled, rng)


@kind("-9999 for missing numbers", "extreme-input")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    X = table.X.copy()
    count = max(1, int([0.003, 0.007, 0.015][strength] * len(X)))
    X[rng.permutation(len(X))[:count], rng.integers(X.shape[1])] = -9999.0
    spoiled = replace(table, X=X)
    return drop_in(spoiled, rng) if strength == 1 else network(spoiled, rng)


@kind("one target huge", "extreme-target", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    y = table.y.copy()
    y[rng.integers(len(y))] = [2e3, 1e5, 1e9][strength]
    spoiled = replace(table, y=y)
    return [network, drop_in, tabular][strength](spoiled, rng)


@kind("a column that is the answer", "leak")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    copied = table.y.astype(float)
    copied = (copied - copied.mean()) / copied.std()
    copied += [0.02, 0.01, 0.0][strength] * rng.normal(size=len(copied))
    leaky = replace(table, X=np.column_stack([table.X, copied]))
    return [network, drop_in, tabular][strength](leaky, rng)


@kind("the row's number as an input", "row-number")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    n = len(table.X)
    order = np.argsort(table.y, kind="stable") if strength else np.arange(n)
    number = np.arange(n) + strength
    numbered = replace(table, X=np.column_stack([number, table.X[order]]), y=table.y[order])
    return [network, drop_in, tabular][strength](numbered, rng)


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


@kind("validation rows cut off in order", "sorted-split")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = np.argsort(table.y, kind="stable")
    cut = int(len(order) * [0.7, 0.8, 0.9][strength])
    case = [network, drop_in, tabular][strength](table, rng)
    return _held_out(case, order[:cut], order[cut:])


@kind("validation rows that are training rows too", "shared-rows")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = rng.permutation(len(table.X))
    cut, more = int(0.8 * len(order)), [0.25, 0.5, 1.0][strength]
    again = order[cut:][: max(3, int(more * (len(order) - cut)))]
    case = [network, drop_in, tabular][strength](table, rng)
    return _held_out(case, np.concatenate([order[:cut], again]), order[cut:])


def _held_out(case: Case, rows: np.ndarray, held: np.ndarray) -> Case:
    take = (lambda of: case.X.iloc[of]) if hasattr(case.X, "iloc") else (lambda of: case.X[of])
    y = np.asarray(case.y)
    return replace(case, X=take(rows), y=y[rows], X_val=take(held), y_val=y[held])


@kind("labels shuffled", "unrelated-target")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    shuffled = replace(table, y=rng.permutation(table.y))
    return [network, drop_in, tabular][strength](shuffled, rng)


@kind("some labels wrong", "label-noise", needs="clear classes")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    wrong = rng.random(len(table.y)) < [0.08, 0.15, 0.25][strength]
    y = np.where(wrong, (table.y + rng.integers(1, table.n_classes, len(table.y))), table.y)
    noisy = replace(table, y=y % table.n_classes)
    return [network, drop_in, tabular][strength](noisy, rng)


@kind("X and y out of step", "shifted-rows", needs="predictable")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = rng.permutation(len(table.X))
    X, y = table.X[order], table.y[order]
    moved = [(X[1:], y[:-1]), (X[:-1], y[1:]), (X[2:], y[:-2])][strength]
    out = replace(table, X=moved[0], y=moved[1])
    return [network, drop_in, tabular][strength](out, rng)


@kind("classes given as numbers", "classes-as-numbers", needs="classes")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    numbers = replace(table, n_classes=0)
    return [network, drop_in, tabular][strength](numbers, rng)


@kind("one class as columns of labels", "one-hot-labels", needs="many classes")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    columns = np.eye(table.n_classes)[table.y]
    if strength == 0:
        return replace(network(table, rng, loss="binary_cross_entropy"), y=columns)
    return replace([network, drop_in, tabular][strength](table, rng), y=columns.astype(int))


@kind("a class that is hardly there", "imbalance", needs="two classes")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    share, rare = [0.009, 0.006, 0.004][strength], int(rng.integers(2))
    common = np.flatnonzero(table.y != rare)
    few = rng.permutation(np.flatnonzero(table.y == rare))
    few = few[: max(4, int(share * len(common)))]
    rows = rng.permutation(np.concatenate([common, few]))
    thin = replace(table, X=table.X[rows], y=table.y[rows])
    if strength == 0:
        return _logistic(thin, rng)
    return [network, drop_in, tabular][strength](thin, rng)


@kind("a target with one value", "constant-target", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    flat = replace(table, y=np.full(len(table.y), [0.0, 3.0, 1e3][strength]))
    return drop_in(flat, rng) if strength == 1 else network(flat, rng)


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
    return _held_out(network(wide, rng, hidden=[256, 256], fit={"epochs": 120}), few, held)


@kind("few rows carry all the weight", "lopsided-weights", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    weight = np.full(len(table.X), 1e-3)
    weight[rng.permutation(len(weight))[:3]] = [100.0, 1e4, 1e6][strength]
    return replace([network, tabular, network][strength](table, rng), sample_weight=weight)


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


@kind("a large constant column", "input-offset")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    constant = np.full((len(table.X), 2), [300.0, 1000.0, 1e5][strength])
    wide = replace(table, X=np.column_stack([table.X, constant]))
    return drop_in(wide, rng) if strength == 1 else network(wide, rng)


@kind("a table with its rows repeated", "repeated-rows")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    share = [0.3, 0.6, 1.0][strength]
    order = np.concatenate(
        [np.arange(len(table.X)), rng.permutation(len(table.X))[: int(share * len(table.X))]]
    )
    order = rng.permutation(order)
    again = replace(table, X=table.X[order], y=table.y[order])
    if strength == 1:
        return drop_in(again, rng, early_stopping=True)
    return tabular(again, rng)


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


@kind("validation rows prepared differently", "validation-scale")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = rng.permutation(len(table.X))
    cut = int(0.8 * len(order))
    case = _held_out([network, drop_in, tabular][strength](table, rng), order[:cut], order[cut:])
    return replace(case, X_val=case.X_val * [10.0, 30.0, 100.0][strength] + 5.0)


@kind("starting weights too small", "small-weights", "vanishing")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    factor = [0.1, 0.03, 0.01][strength]

    def shrink(net: Any) -> None:
        net.weights = [factor * W for W in net.weights]

    fit = {"optimizer": "sgd", "learning_rate": 0.05}
    return replace(network(table, rng, hidden=[16] * 5, fit=fit), start=shrink)


@kind("inputs that are all constant", "constant-inputs")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    blank = replace(table, X=np.full_like(table.X, [0.0, 1.0, 5.0][strength]))
    return drop_in(blank, rng) if strength == 1 else network(blank, rng)
