"""Whole estimators on a small made table: bags, class weights, categories and missing values."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from bits.problems import Draw
from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor

N = 90
FEW = {"hidden_layer_sizes": (40, 40), "epochs": 16}


def table() -> pd.DataFrame:
    """Numbers with gaps, a category of few levels and one of many, and days since 1970.

    Dates had no cycles of the calendar when these bits were recorded, and were these numbers.
    """
    draw = Draw("table")
    gaps = np.where(draw.integers(0, 6, N) == 0, np.nan, draw.reals(N))
    return pd.DataFrame(
        {
            "height": draw.reals(N),
            "gaps": gaps,
            "few": np.array(["a", "b", "c"])[draw.integers(0, 3, N)],
            "many": [f"town {k}" for k in draw.integers(0, 23, N)],
            "wet": draw.integers(0, 2, N) == 1,
            "day": 18_628.0 + draw.integers(0, 400, N),
        }
    )


def dated() -> pd.DataFrame:
    """The same with dates, whose hours go through the cycles of the calendar."""
    hours = pd.to_timedelta(table()["day"] * 24 + Draw("hours").integers(0, 24, N), unit="h")
    return table().assign(day=pd.Timestamp(0, tz="UTC") + hours)


def numbers() -> np.ndarray:
    """A target that the table tells something of."""
    X = table()
    return X["height"].to_numpy() * 2 + X["wet"].to_numpy() + Draw("noise").reals(N) / 4


def classes() -> np.ndarray:
    """Three classes, the last one rare."""
    return np.array(["low", "middle", "high"])[np.digitize(numbers(), [0.0, 3.0])]


def tabular(
    kind: Any, y: Callable[[], np.ndarray], rows: Callable[[], Any] = table, **options: Any
) -> Callable[[int], Any]:
    def answer(n_threads: int) -> Iterator[Any]:
        X = rows()
        model = kind(random_state=3, n_threads=n_threads, **options).fit(X, y())
        yield answers(model, X)
        yield [list(member.params.values()) for member in model.members_]
        yield [model.loss_curve_, model.validation_curve_, model.best_epoch_]

    return answer


def perceptron(kind: Any, y: Callable[[], np.ndarray], **options: Any) -> Callable[[int], Any]:
    def answer(n_threads: int) -> Iterator[Any]:
        X = Draw("X").reals(N, 5)
        X[:, 0] = numbers() / 4
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # few epochs do not converge
            model = kind(max_iter=20, random_state=3, n_threads=n_threads, **options).fit(X, y())
        yield answers(model, X)
        yield [*model.coefs_, *model.intercepts_]
        yield [list(getattr(model, "loss_curve_", [model.loss_])), model.n_iter_]

    return answer


def answers(model: Any, X: Any) -> list[np.ndarray]:
    """Predictions, with the probabilities of classes."""
    predicted = np.asarray(model.predict(X))
    if not hasattr(model, "predict_proba"):
        return [predicted]
    return [predicted.astype("U6"), np.asarray(model.predict_proba(X))]


# name -> (what it answers from a number of threads, whether it takes seconds).
ESTIMATORS: dict[str, tuple[Callable[[int], Any], bool]] = {
    "classifier": (tabular(TabularClassifier, classes, **FEW), False),
    "classifier-balanced": (
        tabular(TabularClassifier, classes, class_weight="balanced", **FEW),
        False,
    ),
    "classifier-weights": (
        tabular(TabularClassifier, classes, class_weight={"high": 5.0}, n_members=1, **FEW),
        False,
    ),
    "classifier-float64": (
        tabular(TabularClassifier, classes, dtype="float64", metric="accuracy", **FEW),
        False,
    ),
    "classifier-auc": (tabular(TabularClassifier, classes, metric="auc", **FEW), False),
    "classifier-refit": (
        tabular(TabularClassifier, classes, n_members=1, refit=True, **FEW),
        False,
    ),
    "regressor": (tabular(TabularRegressor, numbers, **FEW), False),
    "regressor-quantiles": (tabular(TabularRegressor, numbers, loss="pinball", **FEW), False),
    "regressor-float64": (tabular(TabularRegressor, numbers, dtype="float64", **FEW), False),
    "regressor-dates": (tabular(TabularRegressor, numbers, dated, **FEW), False),
    "classifier-default": (tabular(TabularClassifier, classes), True),
    "regressor-default": (tabular(TabularRegressor, numbers), True),
    "mlp-classifier-adam": (perceptron(MLPClassifier, classes), False),
    "mlp-classifier-balanced": (
        perceptron(MLPClassifier, classes, class_weight="balanced", dropout=0.2),
        False,
    ),
    "mlp-classifier-stopping": (
        perceptron(MLPClassifier, classes, early_stopping=True, n_iter_no_change=3),
        False,
    ),
    "mlp-classifier-sgd": (
        perceptron(MLPClassifier, classes, solver="sgd", learning_rate="adaptive"),
        False,
    ),
    "mlp-regressor-adam": (
        perceptron(MLPRegressor, numbers, hidden_layer_sizes=(10, 10), activation="tanh"),
        False,
    ),
    "mlp-regressor-sgd": (
        perceptron(MLPRegressor, numbers, solver="sgd", learning_rate="invscaling"),
        False,
    ),
    "mlp-regressor-lbfgs": (perceptron(MLPRegressor, numbers, solver="lbfgs"), False),
}
