"""A whole `fit` on scikit-learn's own tables, with MLPClassifier's default settings."""

from __future__ import annotations

import statistics
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, ratio, table
from chainrule import Network

TITLE = "A whole fit on real tables, against scikit-learn"
_TABLES = ("iris", "wine", "breast_cancer", "digits", "diabetes")
_EPOCHS, _HIDDEN = 200, 100


def measure_part(run: Run) -> list[dict[str, Any]]:
    figures = []
    for name in _TABLES:
        say(f"real tables: {name}")
        X_train, y_train, X_test, y_test = load(name)
        fits = {
            "chainrule": lambda: fit_chainrule(X_train, y_train),  # noqa: B023
            "scikit-learn": lambda: fit_sklearn(X_train, y_train),  # noqa: B023
        }
        seconds: dict[str, list[float]] = {system: [] for system in fits}
        scores: dict[str, float] = {}
        for _ in range(run.rounds):
            for system, fit in fits.items():
                start = time.perf_counter()
                predict = fit()
                seconds[system].append(time.perf_counter() - start)
                scores[system] = score(y_test, predict(X_test))
        medians = {system: statistics.median(values) for system, values in seconds.items()}
        figures.append({"table": name, "rows": len(X_train), "seconds": medians, "scores": scores})
    say("")
    return figures


def load(name: str) -> tuple[Any, Any, Any, Any]:
    """Standardised float32 training and test rows, split three to one."""
    from sklearn import datasets
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    X, y = getattr(datasets, f"load_{name}")(return_X_y=True)
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    scaler = StandardScaler().fit(X_train)
    if y.dtype.kind == "f":
        middle, spread = y_train.mean(), y_train.std()
        y_train, y_test = (y_train - middle) / spread, (y_test - middle) / spread
    return (
        scaler.transform(X_train).astype(np.float32),
        y_train,
        scaler.transform(X_test).astype(np.float32),
        y_test,
    )


def fit_chainrule(X: Any, y: Any) -> Callable[[Any], Any]:
    numbers = y.dtype.kind == "f"
    n_outputs = 1 if numbers else int(y.max()) + 1
    network = Network(
        [X.shape[1], _HIDDEN, n_outputs], loss="squared_error" if numbers else "cross_entropy"
    )
    network.fit(X, y, epochs=_EPOCHS, batch_size=min(200, len(X)), l2=1e-4)
    if numbers:
        return lambda rows: network.predict(rows).ravel()
    return lambda rows: network.predict(rows).argmax(axis=1)


def fit_sklearn(X: Any, y: Any) -> Callable[[Any], Any]:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPRegressor if y.dtype.kind == "f" else MLPClassifier
    model = kind(
        hidden_layer_sizes=(_HIDDEN,), max_iter=_EPOCHS, n_iter_no_change=_EPOCHS, random_state=0
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, y)
    predict: Callable[[Any], Any] = model.predict
    return predict


def score(y: Any, predicted: Any) -> float:
    """Accuracy, or R^2 of numbers."""
    if y.dtype.kind == "f":
        return float(1 - ((y - predicted) ** 2).mean() / y.var())
    return float((y == predicted).mean())


def show(figures: list[dict[str, Any]]) -> str:
    head = ["table", "rows", "chainrule ms", "scikit-learn ms", "ratio"]
    head += ["score: chainrule", "scikit-learn"]
    rows = []
    for item in figures:
        ours, theirs = (item["seconds"][s] * 1e3 for s in ("chainrule", "scikit-learn"))
        rows.append(
            [item["table"], str(item["rows"]), number(ours), number(theirs), ratio(theirs / ours)]
            + [f"{item['scores'][s]:.3f}" for s in ("chainrule", "scikit-learn")]
        )
    text = f"{_EPOCHS} epochs of a network with {_HIDDEN} hidden units; accuracy or R2 on a quarter"
    return f"{text}.\n\n{table(head, rows)}"
