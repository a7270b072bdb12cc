"""`python -m benchmarks attributions`: seconds, errors, and Shapley values against brute force."""

from __future__ import annotations

import argparse
import itertools
import json
import math
import time
import warnings
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from benchmarks.run import RESULTS
from chainrule import TabularRegressor

ROWS, COLUMNS = 2_000, 70
BACKGROUND = 20  # rows of the brute force


def main(arguments: list[str]) -> int:
    """Print the figures; with `--keep` write them to `benchmarks/results`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks attributions", description=__doc__)
    parser.add_argument("--keep", action="store_true", help="write to benchmarks/results")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    figures = {**of_a_wide_table(), **against_brute_force()}
    for name, value in figures.items():
        print(f"  {name:62} {value:12.4g}")
    if given.keep:
        path = RESULTS / "attributions.json"
        path.write_text(json.dumps({"machine": machine(), "figures": figures}, indent=1) + "\n")
        print(f"written to {path.relative_to(Path.cwd())}")
    return 0


def of_a_wide_table() -> dict[str, float]:
    """All rows of a table as wide as users have named."""
    draw = np.random.default_rng(0)
    X = draw.normal(size=(ROWS, COLUMNS))
    y = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + X[:, 3:8].sum(axis=1) + draw.normal(size=ROWS)
    model = TabularRegressor(random_state=0, epochs=8).fit(X, y)
    start = time.perf_counter()
    found = model.attribute(X)
    seconds = time.perf_counter() - start
    off = found.base_values + found.values.sum(axis=1) - found.answers
    return {
        f"{ROWS:,} rows x {COLUMNS} columns, {len(model.members_)} networks: seconds": seconds,
        "largest distance of a row's sum from its answer": float(np.abs(off).max()),
        "mean error / mean size of the eight columns that matter": float(
            found.errors[:, :8].mean() / np.abs(found.values[:, :8]).mean()
        ),
    }


def against_brute_force() -> dict[str, float]:
    """Eight columns, all 256 coalitions, and both methods."""
    draw = np.random.default_rng(1)
    X = draw.normal(size=(500, 8))
    y = X[:, 0] * X[:, 1] + np.sin(2 * X[:, 2]) + np.maximum(X[:, 3], X[:, 4]) + X[:, 5]
    model = TabularRegressor(random_state=0, preset="fast", clip=False).fit(X, y)
    start, rows = X[:BACKGROUND], X[100:120]

    def worth(coalition: tuple[int, ...]) -> np.ndarray:
        mixed = np.repeat(start[None], len(rows), axis=0)
        for column in coalition:
            mixed[:, :, column] = rows[:, None, column]
        predicted = model.predict(mixed.reshape(-1, 8))
        return np.asarray(predicted.reshape(len(rows), -1).mean(axis=1))

    subsets = [s for k in range(9) for s in itertools.combinations(range(8), k)]
    known = {s: worth(s) for s in subsets}
    right = np.zeros(rows.shape)
    for column in range(8):
        for s in subsets:
            if column not in s:
                share = math.factorial(len(s)) * math.factorial(7 - len(s)) / math.factorial(8)
                right[:, column] += share * (known[tuple(sorted((*s, column)))] - known[s])
    figures = {}
    for method in ("shapley", "gradients"):
        found = model.attribute(rows, background=start, method=method, n_samples=1024)
        off = np.abs(found.values - right)
        figures[f"{method}: mean distance from brute force / mean size"] = float(
            off.mean() / np.abs(right).mean()
        )
        figures[f"{method}: share within two of its errors, %"] = float(
            100 * (off <= 2 * found.errors).mean()
        )
    return figures
