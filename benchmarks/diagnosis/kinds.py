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


def held_out(case: Case, rows: np.ndarray, held: np.ndarray) -> Case:
    """The case trained on some rows and validated on others."""
    take = (lambda of: case.X.iloc[of]) if hasattr(case.X, "iloc") else (lambda of: case.X[of])
    y = np.asarray(case.y)
    return replace(case, X=take(rows), y=y[rows], X_val=take(held), y_val=y[held])
