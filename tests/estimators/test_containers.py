"""One table in many containers: the same predictions, bit for bit."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from chainrule import TabularClassifier, TabularRegressor

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
