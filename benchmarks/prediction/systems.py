"""Fitted models by library: each a function from rows to probabilities (n, 2).

A maker gets X, y, the number of threads and a folder, and fits. Those of chainrule leave their ONNX
files in the folder, and scikit-learn's network leaves its weights there, for ONNX Runtime.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.prediction.table import Array

Predict = Callable[[Array], Array]
Maker = Callable[[Array, Array, int, Path], Predict]
_HIDDEN = (100,)
_EPOCHS = 40


def _tabular(preset: str) -> Maker:
    def make(X: Array, y: Array, threads: int, folder: Path) -> Predict:
        from chainrule import TabularClassifier

        model = TabularClassifier(preset=preset, random_state=0, n_threads=threads).fit(X, y)
        _export(model, folder / f"tabular-{preset}.onnx")
        return model.predict_proba

    return make


def _mlp(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    from chainrule import MLPClassifier

    model = MLPClassifier(_HIDDEN, random_state=0, n_threads=threads, **_plan()).fit(X, y)
    _export(model, folder / "mlp.onnx")
    return model.predict_proba


def _network(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    from chainrule import Network

    network = Network([X.shape[1], *_HIDDEN, 2], loss="cross_entropy", random_state=0)
    network.fit(X, y, epochs=_EPOCHS, batch_size=200, n_threads=threads)
    return lambda rows: network.predict(rows, n_threads=threads)


def _export(model: Any, path: Path) -> None:
    from chainrule.errors import DataError

    try:
        model.to_onnx(path)
    except DataError:  # without onnx there is nothing to compare with
        path.unlink(missing_ok=True)


def _plan() -> dict[str, Any]:
    return {"max_iter": _EPOCHS, "n_iter_no_change": _EPOCHS, "alpha": 1e-4}


def _sklearn_mlp(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    from sklearn.neural_network import MLPClassifier

    model = MLPClassifier(_HIDDEN, random_state=0, **_plan()).fit(X, y)
    arrays = {f"W{l}": W for l, W in enumerate(model.coefs_, 1)}
    arrays |= {f"b{l}": b for l, b in enumerate(model.intercepts_, 1)}
    np.savez(folder / "sklearn.npz", **arrays)
    return model.predict_proba


def _hgb(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(random_state=0).fit(X, y).predict_proba


def _logistic(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression().fit(X, y).predict_proba


def _catboost(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(
        random_seed=0, verbose=False, allow_writing_files=False, thread_count=threads
    ).fit(X, y)
    return lambda rows: model.predict_proba(rows, thread_count=threads)


def _lightgbm(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    import lightgbm

    data = lightgbm.Dataset(X, y)
    settings = {"objective": "binary", "verbosity": -1, "seed": 0, "num_threads": threads}
    booster = lightgbm.train(settings, data, num_boost_round=200)

    def predict(rows: Array) -> Array:
        p = booster.predict(rows, num_threads=threads)
        return np.column_stack([1.0 - p, p])

    return predict


def _runtime(file: str) -> Maker:
    def make(X: Array, y: Array, threads: int, folder: Path) -> Predict:
        session = _session((folder / file).read_bytes(), threads)
        inputs = session.get_inputs()
        names = [each.name for each in inputs]
        dtype = np.float64 if "double" in inputs[0].type else np.float32

        def of_matrix(rows: Array) -> Array:
            found: Array = session.run(
                ["probabilities"], {names[0]: rows.astype(dtype, copy=False)}
            )
            return found[0]

        def of_columns(rows: Array) -> Array:
            parts = np.split(rows.astype(dtype, copy=False), len(names), axis=1)
            found: Array = session.run(["probabilities"], dict(zip(names, parts, strict=True)))
            return found[0]

        return of_matrix if len(names) == 1 else of_columns

    return make


def _gemm(X: Array, y: Array, threads: int, folder: Path) -> Predict:
    """scikit-learn's network as the plainest graph that computes it, in float32."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    kept = np.load(folder / "sklearn.npz")
    n_layers = len(kept.files) // 2
    weights = [
        numpy_helper.from_array(kept[f"{family}{l}"].astype(np.float32), f"{family}{l}")
        for l in range(1, n_layers + 1)
        for family in "Wb"
    ]
    nodes, at = [], "X"
    for l in range(1, n_layers + 1):
        nodes.append(helper.make_node("Gemm", [at, f"W{l}", f"b{l}"], [f"z{l}"]))
        kind = "Relu" if l < n_layers else "Sigmoid"
        nodes.append(helper.make_node(kind, [f"z{l}"], [f"a{l}"]))
        at = f"a{l}"
    x = helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, X.shape[1]])
    p = helper.make_tensor_value_info(at, TensorProto.FLOAT, [None, 1])
    graph = helper.make_graph(nodes, "mlp", [x], [p], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    session = _session(model.SerializeToString(), threads)

    def predict(rows: Array) -> Array:
        found: Array = session.run([at], {"X": rows.astype(np.float32, copy=False)})[0]
        return np.hstack([1 - found, found])

    return predict


def _session(content: bytes, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


# Library -> (package that must be importable, its systems); those that leave files stand first.
LIBRARIES: dict[str, tuple[str, dict[str, Maker]]] = {
    "chainrule": (
        "chainrule",
        {
            "TabularClassifier, fast": _tabular("fast"),
            "TabularClassifier, default": _tabular("default"),
            "MLPClassifier": _mlp,
            "Network": _network,
        },
    ),
    "scikit-learn": (
        "sklearn",
        {
            "scikit-learn MLPClassifier": _sklearn_mlp,
            "scikit-learn HistGradientBoosting": _hgb,
            "scikit-learn LogisticRegression": _logistic,
        },
    ),
    "ONNX Runtime": (
        "onnxruntime",
        {
            "ONNX Runtime, our TabularClassifier, fast": _runtime("tabular-fast.onnx"),
            "ONNX Runtime, our TabularClassifier, default": _runtime("tabular-default.onnx"),
            "ONNX Runtime, our MLPClassifier": _runtime("mlp.onnx"),
            "ONNX Runtime, scikit-learn's MLP": _gemm,
        },
    ),
    "CatBoost": ("catboost", {"CatBoost": _catboost}),
    "LightGBM": ("lightgbm", {"LightGBM": _lightgbm}),
}
#: What an export has to agree with.
EXPORTED = {
    "ONNX Runtime, our TabularClassifier, fast": "TabularClassifier, fast",
    "ONNX Runtime, our TabularClassifier, default": "TabularClassifier, default",
    "ONNX Runtime, our MLPClassifier": "MLPClassifier",
    "ONNX Runtime, scikit-learn's MLP": "scikit-learn MLPClassifier",
}
