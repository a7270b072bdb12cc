"""What a caller may hand over as rows or targets by mistake, or to do harm."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

N, WIDTH = 12, 3
GOOD = np.random.default_rng(0).normal(size=(N, WIDTH))


class Raises:
    """An array that cannot be made."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        raise ValueError("this object makes no array today")


class Lies:
    """A sequence with fewer entries than it says."""

    def __len__(self) -> int:
        return 10**12

    def __getitem__(self, place: int) -> list[float]:
        if place >= 2:
            raise IndexError(place)
        return [0.0] * WIDTH


class Endless(list[Any]):
    """A list inside itself."""

    def __init__(self) -> None:
        super().__init__([self])


def _cell(value: Any) -> np.ndarray:
    array = GOOD.astype(object)
    array[3, 1] = value
    return array


def _stretched(*shape: int) -> np.ndarray:
    return np.broadcast_to(np.float32(1), shape)


def _structured() -> np.ndarray:
    return np.zeros(N, [("a", "f4"), ("b", "i8")])


# Name -> what makes it.
HOSTILE: dict[str, Callable[[], Any]] = {
    "none": lambda: None,
    "text": lambda: "rows",
    "bytes": lambda: b"rows",
    "number": lambda: 3.0,
    "infinity": lambda: float("inf"),
    "object": object,
    "type": lambda: int,
    "function": lambda: print,
    "generator": lambda: (row for row in GOOD),
    "set": lambda: {1.0, 2.0},
    "mapping of unequal columns": lambda: {"a": [1.0, 2.0], "b": [1.0]},
    "empty list": list,
    "list of empty lists": lambda: [[]],
    "ragged list": lambda: [[1.0, 2.0, 3.0], [1.0]],
    "list in itself": Endless,
    "deep list": lambda: [[[[[1.0]]]]],
    "huge integers": lambda: [[10**400] * WIDTH] * N,
    "mappings": lambda: [{}] * N,
    "pairs": lambda: [(1, 2)] * N,
    "mixed kinds": lambda: [1, "a", 2.5] * (N // 3),
    "decimals": lambda: [[Decimal("1.5")] * WIDTH] * N,
    "array that raises": Raises,
    "sequence that lies": Lies,
    "scalar array": lambda: np.array(1.0),
    "one dimension": lambda: GOOD[:, 0].copy(),
    "three dimensions": lambda: GOOD[None],
    "no rows": lambda: GOOD[:0],
    "no columns": lambda: GOOD[:, :0],
    "one column more": lambda: np.c_[GOOD, GOOD[:, :1]],
    "nan": lambda: np.where(np.arange(WIDTH) == 1, np.nan, GOOD),
    "inf": lambda: np.where(np.arange(WIDTH) == 1, np.inf, GOOD),
    "beyond float32": lambda: GOOD * 1e300,
    "cells of none": lambda: _cell(None),
    "cells of lists": lambda: _cell([1, 2]),
    "cells of mappings": lambda: _cell({"a": 1}),
    "strings": lambda: GOOD.astype(str),
    "bytes strings": lambda: GOOD.astype("S8"),
    "dates": lambda: np.full((N, WIDTH), np.datetime64("2020-01-01")),
    "durations": lambda: np.full((N, WIDTH), np.timedelta64(3, "s")),
    "complex": lambda: GOOD + 1j,
    "structured": _structured,
    "void": lambda: np.zeros((N, WIDTH), "V8"),
    "masked": lambda: np.ma.masked_array(GOOD, GOOD > 1),
    "2^40 rows of one number": lambda: _stretched(2**40, WIDTH),
    "2^40 columns of one number": lambda: _stretched(N, 2**40),
    "2^40 numbers": lambda: _stretched(2**40),
    "backwards": lambda: GOOD[::-1, ::-1],
    "half precision": lambda: (GOOD * 1e9).astype(np.float16),
    "large unsigned": lambda: np.full((N, WIDTH), 2**64 - 1, np.uint64),
    "long double": lambda: GOOD.astype(np.longdouble),
    "big-endian": lambda: GOOD.astype(">f8"),
    "sparse with nan": lambda: scipy.sparse.csr_matrix(np.where(GOOD > 1, np.nan, 0)),
    "sparse of 2^40 rows": lambda: scipy.sparse.coo_matrix(([1.0], ([0], [0])), (2**40, WIDTH)),
    "frame with one name twice": lambda: pd.DataFrame(GOOD, columns=["a", "a", "b"]),
    "frame of mappings": lambda: pd.DataFrame({"a": [{}] * N, "b": [1] * N, "c": [[]] * N}),
    "frame of one cell": lambda: pd.DataFrame({"a": ["x\0\x1b[2J" * 1000]}),
}
