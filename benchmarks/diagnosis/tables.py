"""Forty small tables, real and generated, of several sizes and tasks, to be diagnosed.

Inputs are standardised; a number to predict is standardised too. Real ones come with scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn import datasets


@dataclass(frozen=True)
class Table:
    """Rows that a network can be trained on.

    Attributes
    ----------
    name : str
    X : ndarray (n, n_features), standardised
    y : ndarray (n,)
        Class indices, or standardised numbers.
    n_classes : int
        0 for numbers.
    """

    name: str
    X: np.ndarray
    y: np.ndarray
    n_classes: int


def _classes(name: str, X: np.ndarray, y: np.ndarray) -> Table:
    _, codes = np.unique(y, return_inverse=True)
    return Table(name, _standard(X), codes.reshape(-1), int(codes.max()) + 1)


def _numbers(name: str, X: np.ndarray, y: np.ndarray) -> Table:
    return Table(name, _standard(X), _standard(y.reshape(-1, 1))[:, 0], 0)


def _standard(X: np.ndarray) -> np.ndarray:
    X = np.asarray(X, np.float64)
    spread = X.std(axis=0)
    return ((X - X.mean(axis=0)) / np.where(spread > 0, spread, 1.0))[:, spread > 0]


def _real() -> list[Table]:
    iris, wine, cancer = datasets.load_iris(), datasets.load_wine(), datasets.load_breast_cancer()
    digits, diabetes = datasets.load_digits(), datasets.load_diabetes()
    others = cancer.data[:, [0, 4, 5, 6, 7, 8, 9]]
    pair = np.isin(digits.target, (3, 8))
    return [
        _classes("iris", iris.data, iris.target),
        _numbers("iris, petal width", iris.data[:, :3], iris.data[:, 3]),
        _classes("wine", wine.data, wine.target),
        _numbers("wine, alcohol", wine.data[:, 1:], wine.data[:, 0]),
        _classes("breast cancer", cancer.data, cancer.target),
        _classes("breast cancer, means", cancer.data[:, :10], cancer.target),
        _numbers("breast cancer, texture", others, cancer.data[:, 1]),
        _classes("digits", digits.data, digits.target),
        _classes("digits, odd", digits.data[:800], digits.target[:800] % 2),
        _classes("digits, 3 or 8", digits.data[pair], digits.target[pair]),
        _numbers("diabetes", diabetes.data, diabetes.target),
        _classes("diabetes, above the median", diabetes.data, diabetes.target > 140),
    ]


def _generated(shift: int) -> list[Table]:
    make, out = datasets, []
    shapes = [  # rows, features, informative, classes, rows with a wrong label
        (150, 5, 3, 2, 0.0), (300, 10, 5, 3, 0.02), (500, 20, 8, 2, 0.05), (800, 15, 6, 4, 0.01),
        (1200, 8, 4, 2, 0.0), (1500, 30, 10, 5, 0.02), (2000, 12, 6, 3, 0.0),
        (1000, 40, 12, 2, 0.1),
    ]  # fmt: skip
    for seed, (n, d, informative, k, noise) in enumerate(shapes):
        X, y = make.make_classification(
            n, d, n_informative=informative, n_redundant=min(2, d - informative), n_classes=k,
            n_clusters_per_class=1 + seed % 2, flip_y=noise, class_sep=1.2,
            random_state=shift + seed,
        )  # fmt: skip
        out.append(_classes(f"classification {n} x {d}, {k} classes", X, y))
    shapes = [(120, 6, 4, 5.0), (400, 10, 6, 10.0), (1000, 20, 8, 20.0), (1500, 8, 8, 1.0)]
    for seed, (n, d, informative, noise) in enumerate(shapes):
        X, y = make.make_regression(
            n, d, n_informative=informative, noise=noise, random_state=shift + seed
        )
        out.append(_numbers(f"regression {n} x {d}", X, y))
    planes: list[tuple[str, Callable[..., tuple[np.ndarray, np.ndarray]], dict[str, float]]] = [
        ("moons", make.make_moons, {"noise": 0.2}),
        ("circles", make.make_circles, {"noise": 0.1, "factor": 0.5}),
        ("blobs", make.make_blobs, {"centers": 4, "cluster_std": 2.0}),
        ("quantiles", make.make_gaussian_quantiles, {"n_features": 4, "n_classes": 3}),
        ("hastie", make.make_hastie_10_2, {}),
    ]
    for seed, (name, maker, options) in enumerate(planes):
        X, y = maker(n_samples=300 + 250 * seed, random_state=shift + seed, **options)
        out.append(_classes(name, X, y))
    X, y = make.make_moons(1000, noise=0.3, random_state=shift + 9)
    out.append(_classes("moons, wide", X, y))
    X, y = make.make_blobs(200, n_features=6, centers=3, cluster_std=3.0, random_state=shift + 3)
    out.append(_classes("blobs in 6 dimensions", X, y))
    curves: list[tuple[str, Callable[..., tuple[np.ndarray, np.ndarray]], dict[str, float]]] = [
        ("friedman 1", make.make_friedman1, {"noise": 1.0}),
        ("friedman 2", make.make_friedman2, {"noise": 50.0}),
        ("friedman 3", make.make_friedman3, {"noise": 0.1}),
        ("swiss roll", make.make_swiss_roll, {"noise": 0.5}),
        ("s curve", make.make_s_curve, {"noise": 0.1}),
        ("sparse", make.make_sparse_uncorrelated, {}),
    ]
    for seed, (name, maker, options) in enumerate(curves):
        X, y = maker(n_samples=400 + 200 * seed, random_state=shift + seed, **options)
        out.append(_numbers(name, X, y))
    rng = np.random.default_rng(shift)
    for n in (250, 1200):
        X = rng.normal(size=(n, 5)) * [1, 1, 2, 3, 1]
        X[:, 4] = X[:, 4] > 0.8  # a flag
        y = np.sin(X[:, 0]) + 0.3 * X[:, 1] * X[:, 4] + 0.2 * X[:, 2] + 0.2 * rng.normal(size=n)
        out.append(_numbers(f"waves {n}", X, y))
    X = rng.lognormal(size=(600, 6))
    y = (np.log(X[:, 0] * X[:, 1]) + 0.5 * rng.normal(size=600) > 0).astype(int)
    out.append(_classes("long tails", X, y))
    return out


@cache
def tables(seed: int = 0) -> list[Table]:
    """All of them, in a fixed order; even ones tune the limits, odd ones judge them.

    Another seed draws other rows for the generated ones.
    """
    return [*_real(), *_generated(100 * seed)]
