"""Tables as columns and as inputs, and one table with a column of each kind."""

from __future__ import annotations

import numpy as np
import pandas as pd

from chainrule.table import Encoder, as_table


def fit(X, weights=None, **keywords):
    return Encoder.fit(as_table(X), weights, **keywords)[0]


def inputs(encoder, X):
    return encoder.transform(as_table(X), np.float64)[0]


def clip(x):
    return x / np.sqrt(1 + (x / 3) ** 2)


MIXED = pd.DataFrame(
    {
        "age": [1.0, np.nan, 3.0, 4.0, 8.0, 9.0],
        "size": [1, 2, 3, 4, 5, 6],
        "island": ["B", "A", "C", "A", None, "A"],
        "sex": ["m", "f", None, "f", "m", "f"],
        "only": ["x", None, "x", "x", "x", None],
        "member": [True, False, True, True, False, True],
        "same": [7] * 6,
        "blank": [None] * 6,
    }
)


def columns(X):
    table = as_table(X)
    return {name: table.column(index) for index, name in enumerate(table.names)}


def plain(column):
    """A column as Python values, None where missing: independent of codes and their order."""
    if column.levels:
        return [None if code < 0 else column.levels[code] for code in column.values]
    return [None if np.isnan(v) else v for v in column.values]
