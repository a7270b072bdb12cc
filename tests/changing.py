"""Arrays that another thread changes, resizes, reshapes or lets go while the core computes.

`python tests/changing.py 500` makes so many runs, one seed each; under AddressSanitizer that shows
every read and write outside of an array. Any numbers may come out, and any error of Python.
"""

from __future__ import annotations

import gc
import sys
import threading
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from chainrule import MLPClassifier, Network, TabularRegressor, engine
from chainrule.spec import Activation, Dense, Loss, NetworkSpec

N, WIDTH = 300, 6
Rows = dict[str, Any]


def rows_of(draw: np.random.Generator) -> Rows:
    """X, y, weights and class numbers in one of many makes."""
    dtype = draw.choice(["float32", "float64"])
    make: Callable[[np.ndarray], Any] = [
        lambda array: array,
        lambda array: np.frombuffer(bytearray(array.tobytes()), array.dtype).reshape(array.shape),
        np.asfortranarray,
        lambda array: np.repeat(array, 2, axis=0)[::2],
    ][draw.integers(4)]
    X = draw.normal(size=(N, WIDTH)).astype(dtype)
    kind = draw.choice(["int32", "int64", "uint8"])
    return {
        "X": make(X),
        "y": make(X[:, :1].copy()),
        "weights": make(np.ones(N, dtype)),
        "classes": make(draw.integers(0, 3, N).astype(kind)),
        "rows": make(np.arange(N // 2)),
    }


def disturb(rows: Rows, draw: np.random.Generator, ended: threading.Event) -> None:
    """Change the arrays until the end."""
    while not ended.is_set():
        name = str(draw.choice([*rows]))
        array = rows.get(name)
        if array is None:
            continue
        act = draw.integers(8)
        with suppress(Exception):
            if act == 0:
                array[...] = draw.choice([0, 1, 2, 100, -5]) if array.dtype.kind in "iu" else 0.5
            elif act == 1:
                array[draw.integers(len(array))] = 10**6 if array.dtype.kind in "iu" else np.nan
            elif act == 2:
                array.resize((1,) * array.ndim, refcheck=False)
            elif act == 3:
                array.resize((4 * N, *array.shape[1:]), refcheck=False)
            elif act == 4:
                array.shape = (array.size,)
            elif act == 5:
                array.dtype = np.int8
            elif act == 6:
                array.base.extend(bytes(10**5))
            else:
                rows[name] = None
                del array
                gc.collect(0)


def network(*, many: bool) -> Network:
    """A small one."""
    return Network([WIDTH, 8, 3 if many else 1], loss="cross_entropy" if many else "squared_error")


def fit(rows: Rows, draw: np.random.Generator) -> None:
    many = bool(draw.integers(2))
    net = network(many=many)
    y = rows["classes"] if many else rows["y"]
    options: Rows = {"sample_weight": rows["weights"]} if draw.integers(2) else {}
    if draw.integers(2):
        options["eval_set"] = (rows["X"], y)
    if draw.integers(2):
        options["checkpoint"] = None
    net.fit(rows["X"], y, epochs=20, batch_size=int(draw.choice([1, 32, N])), **options)


def fit_some(rows: Rows, draw: np.random.Generator) -> None:
    layers = (Dense(8), Activation("relu"), Dense(1))
    spec = NetworkSpec(WIDTH, layers, Loss("squared_error"))
    chosen = rows["rows"]
    engine.fit(spec, engine.initialize(spec), rows["X"], rows["y"], rows=chosen, eval_rows=chosen)


def predict(rows: Rows, draw: np.random.Generator) -> None:
    net = network(many=False)
    for _ in range(20):
        net.predict(rows["X"], n_threads=int(draw.choice([1, 2])))


def trace(rows: Rows, draw: np.random.Generator) -> None:
    net = network(many=True)
    for _ in range(5):
        net.trace(rows["X"], rows["classes"])
        net.gradients(rows["X"], rows["classes"], sample_weight=rows["weights"])
        net.loss(rows["X"], rows["classes"])


def estimators(rows: Rows, draw: np.random.Generator) -> None:
    if draw.integers(2):
        MLPClassifier(hidden_layer_sizes=4, max_iter=5).fit(rows["X"], rows["classes"])
    else:
        model = TabularRegressor(preset="fast", hidden_layer_sizes=[4], epochs=2)
        model.fit(rows["X"], rows["y"], sample_weight=rows["weights"]).predict(rows["X"])


def run(seed: int) -> str:
    """One scene of a seed: how it ended."""
    draw = np.random.default_rng(seed)
    act = [fit, fit, fit_some, predict, trace, estimators][seed % 6]
    rows, ended = rows_of(draw), threading.Event()
    other = threading.Thread(target=disturb, args=(rows, np.random.default_rng([seed, 1]), ended))
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    other.start()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            act(rows, draw)
    except Exception as error:
        return type(error).__name__
    finally:
        ended.set()
        other.join()
        sys.setswitchinterval(before)
    return "done"


if __name__ == "__main__":
    ends: dict[str, int] = {}
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    for number in range(first, first + int(sys.argv[1])):
        found = run(number)
        ends[found] = ends.get(found, 0) + 1
    print(ends)
