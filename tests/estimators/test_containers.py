"""One table in many containers: the same predictions, bit for bit."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp

from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor

QUICK = {"hidden_layer_sizes": 8, "epochs": 3, "random_state": 0}


def mixed_columns():
    """60 rows with gaps, text, booleans and dates."""
    rng = np.random.default_rng(0)
    number = rng.normal(size=60)
    number[::7] = np.nan
    word = rng.choice(["red", "green", "blue"], 60).astype(object)
    word[::11] = None
    flag = rng.random(60) < 0.5
    day = np.datetime64("2024-01-01", "us") + rng.integers(0, 365, 60).astype("m8[D]")
    return {"number": number, "word": word, "flag": flag, "day": day}


COLUMNS = mixed_columns()
FRAME = pd.DataFrame(COLUMNS)
ROWS = [
    [None if v is None or v != v else v for v in row]
    for row in zip(*(v.tolist() for v in COLUMNS.values()), strict=True)
]
CONTAINERS = {
    "mapping": COLUMNS,
    "pandas": FRAME,
    "pandas nullable": FRAME.convert_dtypes(),
    "pandas arrow": FRAME.convert_dtypes(dtype_backend="pyarrow"),
    "pandas category": FRAME.astype({"word": "category", "flag": "category"}),
    "pandas ns": FRAME.astype({"day": "datetime64[ns]"}),
    "pandas shuffled columns": FRAME[["flag", "day", "word", "number"]],
    "pandas other index": FRAME.set_index(np.arange(60)[::-1]),
    "polars": pl.DataFrame(ROWS, schema=list(COLUMNS), orient="row"),
    "polars category": pl.DataFrame(ROWS, schema=list(COLUMNS), orient="row").with_columns(
        pl.col("word").cast(pl.Categorical)
    ),
    "pyarrow": pa.table(
        {k: pa.array(v) for k, v in zip(COLUMNS, zip(*ROWS, strict=True), strict=True)}
    ),
    "object array": np.array(ROWS, dtype=object),
    "list of rows": ROWS,
}


@pytest.mark.parametrize("make", [TabularClassifier, TabularRegressor])
def test_every_container_gives_the_same_bits(make):
    y = (np.arange(60) % 3).astype(float)
    model = make(**QUICK).fit(FRAME, y)
    expected = model.predict(FRAME).tobytes()
    for name, X in CONTAINERS.items():
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "X does not have valid feature names")
            assert model.predict(X).tobytes() == expected, name
        if name not in ("pandas shuffled columns", "object array", "list of rows"):
            assert make(**QUICK).fit(X, y).predict(X).tobytes() == expected, name


NUMBERS = np.random.default_rng(1).normal(size=(40, 3))
NUMBERS[np.abs(NUMBERS) < 0.3] = 0.0
NUMBERS_FRAME = pd.DataFrame(NUMBERS, columns=list("abc"))


def read_only(folder):
    array = NUMBERS.copy()
    array.setflags(write=False)
    return array


def memory_map(folder):
    np.save(folder / "rows.npy", NUMBERS)
    return np.load(folder / "rows.npy", mmap_mode="r")


NUMBER_CONTAINERS = {
    "Fortran order": lambda folder: np.asfortranarray(NUMBERS),
    "big-endian": lambda folder: NUMBERS.astype(">f8"),
    "strided": lambda folder: np.repeat(NUMBERS, 2, axis=1)[:, ::2],
    "backwards": lambda folder: NUMBERS[::-1].copy()[::-1],
    "read-only": read_only,
    "memory map": memory_map,
    "objects": lambda folder: NUMBERS.astype(object),
    "lists": lambda folder: NUMBERS.tolist(),
    "tuples": lambda folder: tuple(map(tuple, NUMBERS.tolist())),
    "csr": lambda folder: sp.csr_matrix(NUMBERS),
    "csc array": lambda folder: sp.csc_array(NUMBERS),
    "coo": lambda folder: sp.coo_array(NUMBERS),
    "pandas": lambda folder: NUMBERS_FRAME,
    "pandas nullable": lambda folder: NUMBERS_FRAME.astype("Float64"),
    "pandas arrow": lambda folder: NUMBERS_FRAME.astype("double[pyarrow]"),
    "polars": lambda folder: pl.DataFrame(NUMBERS_FRAME.to_dict("list")),
    "pyarrow": lambda folder: pa.table(NUMBERS_FRAME.to_dict("list")),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning", "ignore:X does not")
@pytest.mark.parametrize("container", NUMBER_CONTAINERS)
@pytest.mark.parametrize(
    "model",
    [
        TabularClassifier(**QUICK),
        TabularRegressor(**QUICK),
        MLPClassifier(hidden_layer_sizes=8, max_iter=3, random_state=0),
        MLPRegressor(hidden_layer_sizes=8, max_iter=3, random_state=0),
    ],
    ids=lambda model: type(model).__name__,
)
def test_numbers_give_the_same_bits(model, container, tmp_path):
    y = (np.arange(40) % 3).astype(float)
    expected = model.fit(NUMBERS, y).predict(NUMBERS).tobytes()
    X = NUMBER_CONTAINERS[container](tmp_path)
    assert model.fit(X, y).predict(X).tobytes() == expected
    rows = X.tocsr()[:7] if sp.issparse(X) else X[:7]
    assert model.predict(rows).tobytes() == model.fit(NUMBERS, y).predict(NUMBERS[:7]).tobytes()
