"""Free text and columns that name rows: held-out scores with and without them.

    python -m benchmarks columns [--seeds 4]

Free text (a small number of inputs made of it, the default) against the table without that column:

    tickets    short complaints of a hundred words' vocabulary; three departments to send them to
    reviews    a price, and a sentence whose words tell most of the stars

Identifiers (left out, the default) against the same with `drop_identifiers=False`:

    customers  a text such as C-104882 in every row; whether they leave
    orders     a running number and a code; what was paid
    churn      a number of an account beside eight columns that tell

Each figure is the log-loss of classes or the RMSE of numbers on 4,000 rows that training never saw.
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.tables import table

RESULT = Path(__file__).with_name("results") / "columns.json"
SEEDS = 4
N_TRAIN, N_HELD_OUT = 800, 4_000
_FILL = [
    f"{a}{b}" for a in ("mon", "ta", "re", "lis", "cu") for b in ("da", "ne", "ro", "vi", "to")
]
Columns = dict[str, np.ndarray]
Random = np.random.Generator


def _sentences(random: Random, words: list[list[str]], topic: np.ndarray) -> np.ndarray:
    """Eight words a row, about two of them of the row's topic."""
    rows = []
    for own in topic:
        drawn = [
            random.choice(words[own]) if random.random() < 0.25 else random.choice(_FILL)
            for _ in range(8)
        ]
        rows.append(" ".join(drawn))
    return np.array(rows, dtype=object)


def _tickets(random: Random, n: int) -> tuple[Columns, np.ndarray]:
    words = [
        ["invoice", "refund", "charged", "payment", "receipt"],
        ["login", "password", "locked", "account", "reset"],
        ["parcel", "delivery", "late", "courier", "broken"],
    ]
    topic = random.integers(0, 3, n)
    return {"text": _sentences(random, words, topic), "age": random.normal(size=n)}, topic


def _reviews(random: Random, n: int) -> tuple[Columns, np.ndarray]:
    words = [["awful", "poor", "waste"], ["fine", "decent", "usual"], ["great", "lovely", "superb"]]
    mood = random.integers(0, 3, n)
    price = random.normal(size=n)
    stars = 1.0 + 2 * mood - 0.5 * price + 0.5 * random.normal(size=n)
    return {"text": _sentences(random, words, mood), "price": price}, stars


def _customers(random: Random, n: int) -> tuple[Columns, np.ndarray]:
    a, b = random.normal(size=(2, n))
    names = np.array([f"C-{code}" for code in random.permutation(900_000)[:n] + 100_000], object)
    leaves = random.random(n) < 1 / (1 + np.exp(1 - 1.5 * a - b * (a > 0)))
    return {"customer": names, "a": a, "b": b}, leaves.astype(int)


def _orders(random: Random, n: int) -> tuple[Columns, np.ndarray]:
    a, b = random.normal(size=(2, n))
    codes = np.array([f"{code:x}" for code in random.integers(1 << 40, 1 << 44, n)], object)
    paid = 3 * a + np.exp(0.5 * b) + 0.5 * random.normal(size=n)
    return {"order_id": random.permutation(n).astype(float), "code": codes, "a": a, "b": b}, paid


def _churn(random: Random, n: int) -> tuple[Columns, np.ndarray]:
    X = random.normal(size=(8, n))
    leaves = random.random(n) < 1 / (1 + np.exp(-X[:4].sum(axis=0)))
    columns = {f"x{number}": column for number, column in enumerate(X)}
    return {"account_id": random.permutation(10 * n)[:n].astype(float), **columns}, leaves.astype(
        int
    )


TEXTS: dict[str, Callable[[Random, int], tuple[Columns, np.ndarray]]] = {
    "tickets": _tickets,
    "reviews": _reviews,
}
NAMED: dict[str, Callable[[Random, int], tuple[Columns, np.ndarray]]] = {
    "customers": _customers,
    "orders": _orders,
    "churn": _churn,
}


def measure(name: str, seed: int, preset: str) -> dict[str, Any]:
    """Held-out error by default, and otherwise."""
    from chainrule import TabularClassifier, TabularRegressor

    make = {**TEXTS, **NAMED}[name]
    columns, y = make(np.random.default_rng([seed, *name.encode()]), N_TRAIN + N_HELD_OUT)
    kind = TabularClassifier if y.dtype.kind == "i" else TabularRegressor
    metric = "log_loss" if kind is TabularClassifier else "rmse"
    found = []
    for other in (False, True):
        known = {k: v for k, v in columns.items() if k != "text"} if other else columns
        model = kind(preset=preset, random_state=seed, drop_identifiers=name in TEXTS or not other)
        model.fit({k: v[:N_TRAIN] for k, v in known.items()}, y[:N_TRAIN])
        held_out = {k: v[N_TRAIN:] for k, v in known.items()}
        found.append(model.evaluate(held_out, y[N_TRAIN:]).scores()[metric].value)
    return {"table": name, "seed": seed, "metric": metric, "default": found[0], "other": found[1]}


def main(arguments: Sequence[str] = ()) -> int:
    """Print one line a table, and write `results/columns.json`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks columns", description=__doc__)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--preset", default="default")
    given = parser.parse_args(arguments)
    warnings.simplefilter("ignore")
    rows, runs = [], []
    for name in (*TEXTS, *NAMED):
        some = [measure(name, seed, given.preset) for seed in range(given.seeds)]
        runs += some
        logs = [np.log(run["default"] / run["other"]) for run in some]
        rows.append(
            [
                name,
                "the text left out" if name in TEXTS else "the names learned",
                some[0]["metric"],
                *(f"{np.mean([run[key] for run in some]):.4f}" for key in ("default", "other")),
                f"{np.exp(np.mean(logs)):.3f}",
                f"{sum(log < 0 for log in logs)} of {len(logs)}",
            ]
        )
    head = ["table", "against", "metric", "default", "otherwise", "ratio", "better"]
    print(table(head, rows))
    made = {"made with": "python -m benchmarks columns", "preset": given.preset, "runs": runs}
    RESULT.write_text(json.dumps(made, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
