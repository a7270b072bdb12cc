"""Kinds of bad training whose fault lies in the rows: inputs, targets, labels, the split."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from benchmarks.diagnosis.case import Case
from benchmarks.diagnosis.kinds import drop_in, held_out, kind, network, tabular
from benchmarks.diagnosis.tables import Table


def _logistic(table: Table, rng: np.random.Generator, **made: Any) -> Case:
    """One sigmoid output for two classes."""
    layers = [table.X.shape[1], 24, 1]
    return network(table, rng, layers=layers, loss="binary_cross_entropy", **made)


@kind("inputs so large that units saturate", "input-scale", "saturated", "unscaled-inputs")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    large = replace(table, X=table.X * [50.0, 200.0, 1000.0][strength])
    if strength == 1:
        return drop_in(large, rng, activation="tanh")
    return network(large, rng, activation=["sigmoid", "", "tanh"][strength])


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


@kind("validation rows cut off in order", "sorted-split")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = np.argsort(table.y, kind="stable")
    cut = int(len(order) * [0.7, 0.8, 0.9][strength])
    case = [network, drop_in, tabular][strength](table, rng)
    return held_out(case, order[:cut], order[cut:])


@kind("validation rows that are training rows too", "shared-rows")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = rng.permutation(len(table.X))
    cut, more = int(0.8 * len(order)), [0.25, 0.5, 1.0][strength]
    again = order[cut:][: max(3, int(more * (len(order) - cut)))]
    case = [network, drop_in, tabular][strength](table, rng)
    return held_out(case, np.concatenate([order[:cut], again]), order[cut:])


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


@kind("few rows carry all the weight", "lopsided-weights", needs="numbers")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    weight = np.full(len(table.X), 1e-3)
    weight[rng.permutation(len(weight))[:3]] = [100.0, 1e4, 1e6][strength]
    return replace([network, tabular, network][strength](table, rng), sample_weight=weight)


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


@kind("validation rows prepared differently", "validation-scale")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    order = rng.permutation(len(table.X))
    cut = int(0.8 * len(order))
    case = held_out([network, drop_in, tabular][strength](table, rng), order[:cut], order[cut:])
    return replace(case, X_val=case.X_val * [10.0, 30.0, 100.0][strength] + 5.0)


@kind("inputs that are all constant", "constant-inputs")
def _(table: Table, strength: int, rng: np.random.Generator) -> Case:
    blank = replace(table, X=np.full_like(table.X, [0.0, 1.0, 5.0][strength]))
    return drop_in(blank, rng) if strength == 1 else network(blank, rng)
