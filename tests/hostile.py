"""What a caller may hand over as rows or targets by mistake, or to do harm.

`python tests/hostile.py` gives all of it to every public method, and prints what is told badly.
"""

from __future__ import annotations

import inspect
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

from chainrule import MLPClassifier, MLPRegressor, Network, TabularClassifier, TabularRegressor
from chainrule.errors import ChainruleError

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
    "big-endian": lambda: GOOD.astype(">f8"),
    "sparse with nan": lambda: scipy.sparse.csr_matrix(np.where(GOOD > 1, np.nan, 0)),
    "sparse of 2^40 rows": lambda: scipy.sparse.coo_matrix(([1.0], ([0], [0])), (2**40, WIDTH)),
    "frame with one name twice": lambda: pd.DataFrame(GOOD, columns=["a", "a", "b"]),
    "frame of mappings": lambda: pd.DataFrame({"a": [{}] * N, "b": [1] * N, "c": [[]] * N}),
    "frame of one cell": lambda: pd.DataFrame({"a": ["x\0\x1b[2J" * 1000]}),
}

NUMBERS, CLASSES = GOOD[:, 0] * 2.0, (GOOD[:, 0] > 0).astype(int)
# Seconds of work in which a call ends, sound or not.
SOON = 1.0
# Sentences of NumPy, of the bindings and of Python's own that tell a user nothing.
FOREIGN = ("incompatible function arguments", "bad_cast", "broadcast together", "setting an array",
           "object has no attribute", "object is not", "not subscriptable", "unsupported operand",
           "index out of range", "unhashable", "Unable to allocate")  # fmt: skip


SMALL: dict[str, Any] = {"hidden_layer_sizes": [3], "random_state": 0}
TABLE: dict[str, Any] = {**SMALL, "preset": "fast", "epochs": 2, "n_threads": 1}
WRITERS = ("to_c", "to_numpy_source", "to_onnx")  # which take rows to verify what they write
CLASSES_OF_MODELS: tuple[Any, ...] = (
    Network, MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor
)  # fmt: skip


def fitted(kind: Any) -> tuple[Any, Any]:
    """A model, and targets that it takes."""
    if kind is Network:
        model, y = Network([3, 3, 1]), NUMBERS
    else:
        options = {"max_iter": 3, **SMALL} if kind in CLASSES_OF_MODELS[1:3] else TABLE
        model, y = kind(**options), CLASSES if "Classifier" in kind.__name__ else NUMBERS
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(GOOD, y)
    return model, y


def parameters_of(kind: Any, method: str) -> Any:
    return inspect.signature(getattr(kind, method)).parameters


def methods() -> list[tuple[Any, str]]:
    """Every public one that takes rows, with its class."""
    return [
        (kind, name)
        for kind in CLASSES_OF_MODELS
        for name in dir(kind)
        if not name.startswith("_") and name not in WRITERS
        if inspect.isroutine(getattr(kind, name)) and "X" in parameters_of(kind, name)
    ]


def badly_told(kind: Any, method: str, names: Sequence[str]) -> list[str]:
    """What a method answers late, or with an error that helps nobody, one line each."""
    taken = parameters_of(kind, method)
    model, good = fitted(kind)
    given: dict[str, Any] = {"quantity": "loss"} if "quantity" in taken else {}
    if kind is Network and method == "fit":
        given["epochs"] = 1
    found = []
    for name in names:
        for place in sorted({"X", "y"} & taken.keys()):
            start, told = time.thread_time(), ""
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    rows = {"X": GOOD, "y": good, place: HOSTILE[name]()}
                    known = {name: value for name, value in rows.items() if name in taken}
                    getattr(model, method)(**known, **given)
            except MemoryError:
                pass
            except (ChainruleError, ValueError, TypeError) as error:
                told = str(error)
                if len(told.split()) >= 3 and not any(words in told for words in FOREIGN):
                    told = ""
            except Exception as error:
                told = repr(error)
            if (seconds := time.thread_time() - start) > SOON:
                told += f" {seconds:.1f} s"
            if told:
                found.append(f"{kind.__name__}.{method}, {place} is {name}: {told[:150]}")
            if "fit" in method:
                model, _ = fitted(kind)
    assert len(model.predict(GOOD)) == len(GOOD)
    return found


if __name__ == "__main__":
    for kind, method in methods():
        if not sys.argv[1:] or f"{kind.__name__}.{method}" in sys.argv[1:]:
            print(*badly_told(kind, method, [*HOSTILE]), sep="\n", flush=True)
