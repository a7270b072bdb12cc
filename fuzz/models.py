"""One small model of every kind that a file may hold, and rows to ask it about."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl

from chainrule import MLPClassifier, MLPRegressor, Network, TabularClassifier, TabularRegressor
from chainrule.files import to_bytes

_N = 90
_DRAW = np.random.default_rng(7)
_X = _DRAW.standard_normal((_N, 3))
_SUM = _X.sum(axis=1)
_TABLE = pl.DataFrame(
    {
        "height": np.where(_DRAW.random(_N) < 0.1, np.nan, 50 + 10 * _X[:, 0]),
        "town": [f"t{k}" for k in _DRAW.integers(0, 5, _N)],
        "street": [f"s{k}" for k in _DRAW.integers(0, 30, _N)],
        "wet": _DRAW.random(_N) < 0.5,
        "seen": np.datetime64("2021-01-01", "us")
        + _DRAW.integers(0, 700, _N) * np.timedelta64(1, "D"),
        "words": [
            " ".join(_DRAW.choice(["red", "green", "blue", "old", "new", "car", "boat"], 5))
            for _ in range(_N)
        ],
        "size": _X[:, 1],
    }
)
_NAMED = pl.DataFrame(_X, schema=["a", "b", "c"])
_FAST = {"hidden_layer_sizes": (6,), "epochs": 3, "random_state": 0, "n_threads": 1}
_WIDTHS = {"hidden_layer_sizes": (5,), "max_iter": 3, "random_state": 0, "n_threads": 1}
_CLASSES = np.array(["low", "mid", "high"])[np.digitize(_SUM, [-1.0, 1.0])]
_LABELS = (_X[:, :2] > 0).astype(int)


def _network() -> Any:
    network = Network([3, 4, 2], loss="cross_entropy", random_state=0)
    network.fit(_X, (_SUM > 0).astype(int), epochs=2, n_threads=1)
    return network


def _blocks() -> Any:
    """Layers before, behind and beside one another."""
    from chainrule.spec import (
        Columns,
        Dense,
        Dropout,
        LayerNorm,
        PeriodicEmbedding,
        Residual,
        Scale,
    )

    layers = (
        Columns(((2, PeriodicEmbedding(2, 1)), (1, None))),
        Scale(),
        Dense(4, "gelu"),
        Residual((LayerNorm(), Dense(4, "tanh"), Dropout(0.2))),
        Dense(1),
    )
    network = Network([3, *layers], loss="huber", huber_delta=1.5, random_state=1)
    network.fit(_X, _SUM, epochs=2, optimizer="momentum", n_threads=1)
    return network


def _tabular(make: Callable[..., Any], y: Any, columns: list[int], **arguments: Any) -> Any:
    table = _TABLE[:, columns]
    return make(**{**_FAST, **arguments}).fit(table, y)


MODELS: dict[str, Callable[[], Any]] = {
    "network": _network,
    "network of blocks": _blocks,
    "classifier": lambda: _tabular(TabularClassifier, _CLASSES, [0, 1, 3, 4, 6], n_members=1),
    "weighted classifier": lambda: _tabular(
        TabularClassifier, _SUM > 0, [0, 1], n_members=1, class_weight="balanced"
    ),
    "bag of classifiers": lambda: _tabular(
        TabularClassifier, np.digitize(_SUM, [0.0]), [0, 2], n_members=2
    ),
    "several labels": lambda: _tabular(TabularClassifier, _LABELS, [1, 6], n_members=1),
    "hashed classifier": lambda: _tabular(
        TabularClassifier, _CLASSES, [1, 2, 6], n_members=1, hash_categories=True
    ),
    "classifier of text": lambda: _tabular(TabularClassifier, _SUM > 0, [5, 6], n_members=1),
    "regressor": lambda: _tabular(TabularRegressor, _SUM, [0, 1, 3, 4, 6], n_members=1),
    "bag of regressors": lambda: _tabular(TabularRegressor, _SUM, [0, 2, 6], n_members=2),
    "two targets": lambda: _tabular(TabularRegressor, _X[:, :2], [0, 6], n_members=1),
    "quantiles": lambda: _tabular(
        TabularRegressor, _SUM, [0, 6], n_members=1, loss="pinball", quantiles=(0.1, 0.5, 0.9)
    ),
    "counts": lambda: _tabular(
        TabularRegressor, np.floor(np.exp(_X[:, 0])), [0, 6], n_members=1, loss="poisson"
    ),
    "drop-in classifier": lambda: MLPClassifier(**_WIDTHS).fit(_X, _CLASSES),
    "drop-in of several labels": lambda: MLPClassifier(**_WIDTHS).fit(_X, _LABELS),
    "drop-in of named columns": lambda: MLPClassifier(
        **{**_WIDTHS, "early_stopping": True, "solver": "sgd"}
    ).fit(_NAMED, _SUM > 0),
    "drop-in regressor": lambda: MLPRegressor(**_WIDTHS).fit(_X, _SUM),
    "drop-in by lbfgs": lambda: MLPRegressor(**{**_WIDTHS, "solver": "lbfgs"}).fit(_X, _X[:, :2]),
}


def saved(name: str) -> bytes:
    """The file of one of `MODELS`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return to_bytes(MODELS[name]().to_record())


def rows_for(model: Any) -> Any:
    """Twelve rows of the table, or of numbers, that the model was trained on."""
    encoder = getattr(model, "encoder_", None)
    if encoder is None:
        return _NAMED.head(12) if hasattr(model, "feature_names_in_") else _X[:12]
    return _TABLE.head(12)
