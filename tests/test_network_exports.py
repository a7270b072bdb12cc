"""Exports of networks and drop-ins, which read a matrix: they answer as their models do."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import MLPClassifier, MLPRegressor, Network
from chainrule.errors import DataError
from chainrule.export import runtime
from chainrule.export.matrix import level_counts, trial_matrix
from chainrule.export.numpy_file import run_numpy
from chainrule.spec import CategoryEmbedding, Columns, Dense, Part, Residual

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

X = np.random.default_rng(0).normal(size=(30, 3))
CODED = [3, Columns((Part(1), Part(2, CategoryEmbedding((4, 2), 2)))), Dense(4, "gelu"), Dense(2)]


def labels(count):
    return np.array(["no", "yes", "ü"])[np.arange(30) % count]


def fitted(model, y):
    return model.set_params(max_iter=3, hidden_layer_sizes=(5,)).fit(X, y)


MODELS = {
    "network": lambda: Network([3, 4, 2], activation="mish", dtype="float64"),
    "one column": lambda: Network([1, 4, 1], loss="poisson"),
    "codes": lambda: Network(CODED),
    "residual": lambda: Network([3, Dense(4, "tanh"), Residual((Dense(4),)), Dense(1)]),
    "two classes": lambda: fitted(MLPClassifier(), labels(2)),
    "three classes": lambda: fitted(MLPClassifier(activation="tanh"), labels(3)),
    "several labels": lambda: fitted(MLPClassifier(), X > 0),
    "numbers": lambda: fitted(MLPRegressor(), X[:, 0]),
    "two targets": lambda: fitted(MLPRegressor(), X[:, :2]),
}


@pytest.fixture(params=MODELS)
def model(request):
    return MODELS[request.param]()


def rows_of(model):
    spec = model.spec if isinstance(model, Network) else model.spec_
    return trial_matrix(spec, "float64", 20)


def test_numpy(model):
    rows = rows_of(model)
    names = {}
    exec(compile(model.to_numpy_source(X=rows), "file", "exec"), names)
    given = rows if rows.shape[1] > 1 else {"X": rows}
    if hasattr(model, "predict_proba"):
        np.testing.assert_array_equal(names["predict"](given), model.predict(rows))
        found, right = names["predict_proba"](given), model.predict_proba(rows)
    else:
        found, right = names["predict"](given), model.predict(rows)
    np.testing.assert_allclose(found, right, rtol=1e-5, atol=1e-6)


@pytest.mark.slow
@pytest.mark.skipif(runtime.compiler_name() is None, reason="needs a C compiler")
def test_c(model, tmp_path):
    made = model.to_c(tmp_path / "net.c", rows_of(model), dtype="float64")
    assert made.verified["rows"] == 84 and made.verified["difference"] < 1e-12


def test_onnx(model):
    pytest.importorskip("onnx", reason="needs the package onnx")
    file = model.to_onnx(X=rows_of(model))
    assert [i.name for i in file.graph.input] == ["X"]


def test_codes_that_no_embedding_has():
    network = Network(CODED)
    assert level_counts(network.spec) == {1: 4, 2: 2}
    rows = np.array([[0.0, np.nan, -3.0], [0.0, 9.0, 7.0]])
    known = network.predict(np.array([[0.0, 0.0, 0.0], [0.0, 4.0, 2.0]]))
    found = run_numpy(network.to_numpy_source(), {"X": rows})["prediction"]
    np.testing.assert_allclose(found, known, rtol=1e-5, atol=1e-6)


def test_what_a_network_has_not():
    with pytest.raises(DataError, match="asks for intervals"):
        Network([2, 1]).to_numpy_source(coverage=0.9)
    single = MLPClassifier(max_iter=2).fit(X, np.ones(30))
    with pytest.raises(DataError, match="knows a single class"):
        single.to_numpy_source()
