"""The models: each at its defaults, on one thread, with its own way of reading a raw table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import Any

from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.quality.data import categorical
from benchmarks.quality.preparation import (
    Levels,
    MedianAndIndicator,
    MissingAsText,
    for_scikit_learn,
)

ACCURATE = "-accuracy"  # ends the name of the variant that is asked for accuracy
# (kind "classes" or "numbers", seed, further arguments of the estimator) -> unfitted estimator.
Build = Callable[[str, int, dict[str, Any]], Any]


@dataclass(frozen=True)
class Model:
    """A model, the package it comes from, and whether it is one of ours."""

    package: str
    build: Build
    ours: bool = False
    kinds: tuple[str, ...] = ("classes", "numbers")


def _kind(module: str, kind: str, classes: str, numbers: str) -> Any:
    return getattr(import_module(module), classes if kind == "classes" else numbers)


def scikit_learn_mlp(kind: str, seed: int, arguments: dict[str, Any]) -> Any:
    network = _kind("sklearn.neural_network", kind, "MLPClassifier", "MLPRegressor")
    network = network(random_state=seed, **arguments)
    if kind == "numbers":
        network = TransformedTargetRegressor(network, transformer=StandardScaler())
    return make_pipeline(for_scikit_learn(), network)


def hist_gradient_boosting(kind: str, seed: int, arguments: dict[str, Any]) -> Any:
    names = ("HistGradientBoostingClassifier", "HistGradientBoostingRegressor")
    trees = _kind("sklearn.ensemble", kind, *names)
    return make_pipeline(Levels(), trees(random_state=seed, **arguments))


def lightgbm(kind: str, seed: int, arguments: dict[str, Any]) -> Any:
    trees = _kind("lightgbm", kind, "LGBMClassifier", "LGBMRegressor")
    return make_pipeline(Levels(), trees(random_state=seed, n_jobs=1, verbose=-1, **arguments))


def xgboost(kind: str, seed: int, arguments: dict[str, Any]) -> Any:
    trees = _kind("xgboost", kind, "XGBClassifier", "XGBRegressor")
    trees = trees(random_state=seed, n_jobs=1, enable_categorical=True, **arguments)
    return make_pipeline(Levels(), trees)


class CatBoost:
    """CatBoost is told the names of the categorical columns."""

    def __init__(self, kind: str, seed: int, arguments: dict[str, Any]) -> None:
        trees = _kind("catboost", kind, "CatBoostClassifier", "CatBoostRegressor")
        quiet = {"verbose": False, "allow_writing_files": False}
        self.trees = trees(random_seed=seed, thread_count=1, **quiet, **arguments)

    def fit(self, X: Any, y: Any) -> None:
        self.trees.fit(MissingAsText().transform(X), y, cat_features=categorical(X))

    def predict(self, X: Any) -> Any:
        return self.trees.predict(MissingAsText().transform(X))

    def predict_proba(self, X: Any) -> Any:
        return self.trees.predict_proba(MissingAsText().transform(X))


def realmlp(kind: str, seed: int, arguments: dict[str, Any]) -> Any:
    import_module("torch").set_num_threads(1)
    names = ("RealMLP_TD_Classifier", "RealMLP_TD_Regressor")
    network = _kind("pytabkit", kind, *names)
    network = network(random_state=seed, device="cpu", n_threads=1, verbosity=0, **arguments)
    return make_pipeline(MedianAndIndicator(), network)


def chainrule(kind: str, seed: int, arguments: dict[str, Any], **preset: Any) -> Any:
    network = _kind("chainrule", kind, "TabularClassifier", "TabularRegressor")
    return network(random_state=seed, n_threads=1, **{**preset, **arguments})


# In this order on each set; the slowest peer last.
MODELS = {
    "MLP": Model("scikit-learn", scikit_learn_mlp),
    "HistGradientBoosting": Model("scikit-learn", hist_gradient_boosting),
    "LightGBM": Model("lightgbm", lightgbm),
    "XGBoost": Model("xgboost", xgboost),
    "CatBoost": Model("catboost", CatBoost),
    "RealMLP-TD": Model("pytabkit", realmlp),
}
for _preset in ("fast", "default", "best"):
    _plain = partial(chainrule, preset=_preset)
    _accurate = partial(chainrule, preset=_preset, metric="accuracy")
    MODELS[f"chainrule-{_preset}"] = Model("chainrule", _plain, ours=True)
    MODELS[f"chainrule-{_preset}{ACCURATE}"] = Model("chainrule", _accurate, True, ("classes",))
