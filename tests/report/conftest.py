"""Fitted models with their reports, made once."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from chainrule import TabularClassifier, TabularRegressor
from hostile_names import HOSTILE

SMALL: dict[str, Any] = {
    "hidden_layer_sizes": (12,), "epochs": 12, "n_members": 1, "random_state": 0, "n_threads": 1,
}  # fmt: skip


def hostile_table(n: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Names that would act where they are not text, a text category and missing cells."""
    random = np.random.default_rng(0)
    table = pd.DataFrame({name: random.normal(size=n) for name in HOSTILE})
    table[HOSTILE[1]] = random.choice(["a<b", "c&d", "</style>", None], n)
    table.loc[random.random(n) < 0.3, HOSTILE[2]] = np.nan
    signal = table[HOSTILE[0]] + (table[HOSTILE[1]] == "a<b")
    return table, np.where(signal > 0.3, "<b>yes</b>", 'no -- & "never"')


@pytest.fixture(scope="session")
def hostile() -> Any:
    """(report, evaluation, X, y) of a classifier on rows it has not seen."""
    X, y = hostile_table(260)
    model = TabularClassifier(**SMALL).fit(X[:160], y[:160])
    X, y = X[160:], y[160:]
    found = model.report(X, y, title="</title><script>alert(2)</script>", n_worst=2)
    return found, model, X, y


@pytest.fixture(scope="session")
def numbers() -> Any:
    """(report, model, X, y) of a regressor on the rows of its training."""
    random = np.random.default_rng(1)
    X = pd.DataFrame({"size": random.normal(size=120), "age": random.normal(size=120)})
    y = 300 + 50 * X["size"].to_numpy() + random.normal(size=120)
    model = TabularRegressor(**SMALL).fit(X, y)
    return model.report(X, y, n_worst=2), model, X, y
