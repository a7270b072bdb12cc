"""Printed scores against rows that no model saw: twelve tables, six seeds and more, two presets.

    python -m benchmarks honesty [--seeds 6] [--preset fast]

Each run trains on a table of a thousand rows or so and compares `scores_` with the same metric on
held-out rows: the log-loss of classes and the RMSE of numbers, which a user would compare, and for
classes the accuracy. A score that means what it says is better than held-out in about half of all
runs, its ratio to held-out is 1 in the geometric mean, and its 90 % interval holds the held-out
value in about 90 % of them.

The rows of the real tables are few: half of the breast cancer table is 285 rows, of which a handful
make the log-loss of either half, so that the ratio of one split is between 0.4 and 3. Hence the
real tables have twice as many seeds, all tables count alike in the means, and the standard error
that the seeds leave to the mean ratio is printed beside it. Whether an interval holds the truth is
asked of the simulated tables only, whose 20,000 held-out rows are the truth.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import sys
import time
import warnings
from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chainrule import TabularClassifier, TabularRegressor

PRESETS = ("fast", "default")
SEEDS = 6
_SEEDS_OF_REAL = 2  # times as many, since the truth of one split is noisy
N_TRAIN, N_HELD_OUT = 1_000, 20_000
RESULT = Path(__file__).with_name("results") / "honesty.json"

Random = np.random.Generator
Table = tuple[np.ndarray, np.ndarray]


def _friedman(random: Random, n: int) -> Table:
    X = random.random((n, 8))
    y = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3]
    return X, y + 5 * X[:, 4] + 2 * random.normal(size=n)


def _linear(random: Random, n: int) -> Table:
    X = random.normal(size=(n, 12))
    return X, X[:, :4].sum(axis=1) + 1.5 * random.normal(size=n)


def _skewed(random: Random, n: int) -> Table:
    X = random.normal(size=(n, 6))
    return X, np.exp(0.5 * X[:, 0] + 0.3 * X[:, 1] * X[:, 2] + 0.3 * random.normal(size=n))


def _growing_noise(random: Random, n: int) -> Table:
    X = random.random((n, 5))
    return X, np.sin(6 * X[:, 0]) + 2 * X[:, 1] + (0.1 + X[:, 2]) * random.normal(size=n)


def _steps(random: Random, n: int) -> Table:
    X = random.random((n, 6))
    return X, np.floor(4 * X[:, 0]) * (X[:, 1] > 0.5) + X[:, 2] + 0.5 * random.normal(size=n)


def _waves(random: Random, n: int) -> Table:
    X = random.random((n, 5))
    z = 2 * np.sin(6 * X[:, 0]) + 4 * (X[:, 1] > 0.5) * X[:, 2] - 1
    return X, (random.random(n) < 1 / (1 + np.exp(-z))).astype(int)


def _three_classes(random: Random, n: int) -> Table:
    X = random.normal(size=(n, 8))
    z = 1.2 * np.column_stack([X[:, 0] + X[:, 1] * X[:, 2], X[:, 3] - X[:, 0], X[:, 4] ** 2 / 2])
    return X, (z + random.gumbel(size=z.shape)).argmax(axis=1)


def _rare(random: Random, n: int) -> Table:
    X = random.normal(size=(n, 8))
    z = 1.5 * X[:, 0] + X[:, 1] - 3
    return X, (random.random(n) < 1 / (1 + np.exp(-z))).astype(int)


def _interactions(random: Random, n: int) -> Table:
    X = random.normal(size=(n, 10))
    z = 2 * X[:, 0] + 1.5 * X[:, 1] * X[:, 2] + X[:, 3]
    return X, (z + random.logistic(size=n) > 0).astype(int)


SIMULATED: dict[str, Callable[[Random, int], Table]] = {
    "friedman": _friedman,
    "linear": _linear,
    "skewed": _skewed,
    "growing noise": _growing_noise,
    "steps": _steps,
    "waves": _waves,
    "three classes": _three_classes,
    "rare class": _rare,
    "interactions": _interactions,
}
REAL = ("diabetes", "breast_cancer", "digits")  # half of the rows are held out


def measure(name: str, seed: int, preset: str) -> dict[str, Any]:
    """One run: metric -> [printed, low, high, held out], and the seconds of `fit`."""
    X, y, X_new, y_new = _split(name, seed)
    kind = TabularClassifier if y.dtype.kind in "iu" else TabularRegressor
    model = kind(preset=preset, random_state=seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, y)
        seconds = time.perf_counter() - start
        held_out = model.evaluate(X_new, y_new).scores()
    names = ("log_loss", "accuracy") if kind is TabularClassifier else ("rmse",)
    found = {
        metric: [
            *(getattr(model.scores_[metric], part) for part in ("value", "low", "high")),
            held_out[metric].value,
        ]
        for metric in names
    }
    return {"table": name, "seed": seed, "preset": preset, "seconds": seconds, "scores": found}


def _split(name: str, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    random = np.random.default_rng([seed, *name.encode()])
    if name in SIMULATED:
        return *SIMULATED[name](random, N_TRAIN), *SIMULATED[name](random, N_HELD_OUT)
    from sklearn import datasets

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    order = random.permutation(len(X))
    train, held_out = order[: len(X) // 2], order[len(X) // 2 :]
    return X[train], y[train], X[held_out], y[held_out]


def summary(runs: list[dict[str, Any]]) -> dict[str, float]:
    """How often and by which factor the printed score is better than held-out; tables alike."""
    ratios: dict[str, list[float]] = {}
    held: dict[str, list[bool]] = {}
    for run in runs:
        printed, low, high, truth = next(iter(run["scores"].values()))
        ratios.setdefault(run["table"], []).append(math.log(printed / truth))
        if run["table"] in SIMULATED:
            held.setdefault(run["table"], []).append(low <= truth <= high)
    squares = [np.var(part, ddof=1) / len(part) for part in ratios.values() if len(part) > 1]
    return {
        "runs": len(runs),
        "better": _mean([[ratio < 0 for ratio in part] for part in ratios.values()]),
        "ratio": math.exp(_mean(ratios.values())),
        "standard error": float(np.sqrt(np.sum(squares)) / len(ratios)),
        "covered": _mean(held.values()),
        "seconds": float(sum(run["seconds"] for run in runs)),
    }


def _mean(tables: Collection[Sequence[float]]) -> float:
    """Of the means of tables."""
    return float(np.mean([np.mean(part) for part in tables]))


def main(arguments: Sequence[str] = ()) -> int:
    """Run all; with the default options write `results/honesty.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks honesty", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS, help="runs of each simulated table")
    parser.add_argument("--preset", choices=PRESETS, action="append", help="only this one")
    parser.add_argument("--json", type=Path, help="where the figures go")
    given = parser.parse_args(arguments)
    presets = given.preset or PRESETS
    runs = []
    for preset in presets:
        for name in (*SIMULATED, *REAL):
            for seed in range(given.seeds * (_SEEDS_OF_REAL if name in REAL else 1)):
                runs.append(measure(name, seed, preset))
                print(json.dumps(runs[-1]), flush=True)
    parts = {preset: summary([r for r in runs if r["preset"] == preset]) for preset in presets}
    parts["all"] = summary(runs)
    for name, part in parts.items():
        print(
            f"{name:8} better than held-out in {part['better']:.0%} of {part['runs']:.0f} runs, "
            f"ratio {part['ratio']:.3f} +- {part['standard error']:.3f}, "
            f"90 % intervals hold {part['covered']:.0%}"
        )
    whole = given.seeds == SEEDS and presets == PRESETS
    target = given.json or (RESULT if whole else None)
    if target is not None:
        made = {"machine": platform.machine(), "made with": "python -m benchmarks honesty"}
        target.write_text(json.dumps({**made, "summary": parts, "runs": runs}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
