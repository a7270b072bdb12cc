"""`to_onnx` and `to_numpy_source`: verified, self-sufficient, and refused by name."""

from __future__ import annotations

import ast
import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from chainrule import TabularClassifier, TabularRegressor, load
from chainrule.errors import DataError, SpecError
from chainrule.export import numpy_file, runtime

FRAME = pd.DataFrame(
    {
        "n": np.r_[np.nan, np.arange(39.0)],
        "c": ["u", "v", None, "w"] * 10,
        "t": pd.date_range("2024-01-01", periods=40, freq="9h"),
    }
)
Y = np.array(["no", "yes"])[(np.arange(40) % 7 > 2).astype(int)]


@pytest.fixture(scope="module")
def model():
    return TabularClassifier(epochs=3, n_members=2, random_state=0).fit(FRAME, Y)


def test_the_numpy_file_needs_numpy_alone(model, tmp_path):
    path = tmp_path / "penguin.py"
    text = model.to_numpy_source(path, FRAME)
    assert path.read_text("utf-8") == text and "from penguin import predict" in text
    assert ast.literal_eval(text.rsplit("VERIFIED = ", 1)[1])["rows"] == 64 + 40
    imports = {line for line in text.splitlines() if line.startswith(("import ", "from "))}
    assert imports == {"import base64", "import numpy as np"}
    rows = "{'n': [None, 3.0], 'c': ['v', None], 't': np.array(['2024-01-02', 'NaT'], 'M8[ms]')}"
    program = f"import numpy as np, penguin; print(penguin.predict_proba({rows}).tolist())"
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True)
    found = np.array(ast.literal_eval(done.stdout.decode()))
    times = pd.to_datetime(["2024-01-02", None])
    right = model.predict_proba(pd.DataFrame({"n": [None, 3.0], "c": ["v", None], "t": times}))
    np.testing.assert_allclose(found, right, atol=1e-6)


def test_a_loaded_model_exports_the_same_text(model, tmp_path):
    model.save(tmp_path / "m.safetensors")
    assert load(tmp_path / "m.safetensors").to_numpy_source() == model.to_numpy_source()


def test_what_answers_otherwise_is_not_written(model, tmp_path, monkeypatch):
    def wrong(source, rows):
        found = exported_run(source, rows)
        return {**found, "probabilities": found["probabilities"] + 2e-5}

    exported_run = numpy_file.run_numpy
    monkeypatch.setattr(numpy_file, "run_numpy", wrong)
    with pytest.raises(DataError, match=r"differs from the model by 2e-05 in row \d+ "):
        model.to_numpy_source(tmp_path / "m.py")
    assert not (tmp_path / "m.py").exists()


def test_before_fit():
    with pytest.raises(NotFittedError):
        TabularRegressor().to_numpy_source()
    with pytest.raises(NotFittedError):
        TabularRegressor().to_onnx()


def test_the_onnx_file_says_what_it_holds(model, tmp_path):
    onnx = pytest.importorskip("onnx", reason="needs the package onnx")
    path = tmp_path / "m.onnx"
    model.to_onnx(path, FRAME)
    file = onnx.load(path)
    onnx.checker.check_model(file, full_check=True)
    assert [(o.domain, o.version) for o in file.opset_import] == [("", 17), ("ai.onnx.ml", 2)]
    types = [i.type.tensor_type.elem_type for i in file.graph.input]
    assert [i.name for i in file.graph.input] == ["n", "c", "t"]
    assert types == [onnx.TensorProto.DOUBLE, onnx.TensorProto.STRING, onnx.TensorProto.DOUBLE]
    assert [o.name for o in file.graph.output] == ["label", "probabilities"]
    known = {entry.key: json.loads(entry.value) for entry in file.metadata_props}
    assert known["classes"] == ["no", "yes"]
    assert known["columns"][2]["holds"] == "days since 1970-01-01"
    if runtime.runtime_name() is not None:
        assert known["verified"]["rows"] == 64 + 40
        rows = {"n": [[2.0]], "c": [["no such"]], "t": [[19_724.0]]}
        arrays = {name: np.array(v, object if name == "c" else float) for name, v in rows.items()}
        found = runtime.run_onnx(file, arrays)
        frame = pd.DataFrame({"n": [2.0], "c": [None], "t": pd.to_datetime(["2024-01-02"])})
        assert found["label"].tolist() == model.predict(frame).tolist()


HOSTILE = ["label", "value 1", "scaled", "np", "class", "parameter W1 0", "label_", 'a"""b\n\\']


def test_hostile_names_of_columns():
    values = np.random.default_rng(0).normal(size=(40, len(HOSTILE)))
    model = TabularClassifier(epochs=2, n_members=1).fit(pd.DataFrame(values, columns=HOSTILE), Y)
    compile(model.to_numpy_source(), "file", "exec")  # it has been run already
    pytest.importorskip("onnx", reason="needs the package onnx")
    file = model.to_onnx()
    assert [i.name for i in file.graph.input] == HOSTILE
    assert [o.name for o in file.graph.output] == ["label__", "probabilities"]


def test_numbers_and_quantiles():
    pytest.importorskip("onnx", reason="needs the package onnx")
    pytest.importorskip("onnxruntime", reason="needs the package onnxruntime")
    for options, shape in (({}, (40,)), ({"loss": "pinball"}, (40, 3))):
        y = np.arange(40.0) % 11
        model = TabularRegressor(epochs=3, n_members=1, **options).fit(FRAME, y)
        table = {"n": FRAME[["n"]].to_numpy(), "c": FRAME[["c"]].fillna("").to_numpy(object)}
        days = (FRAME["t"] - pd.Timestamp(0)) / pd.Timedelta(days=1)
        rows = {**table, "t": days.to_numpy()[:, None]}
        found = runtime.run_onnx(model.to_onnx(), rows)["prediction"]
        assert found.shape == shape
        np.testing.assert_allclose(found, model.predict(FRAME), rtol=1e-5)


def test_the_bounds_of_intervals():
    y = np.random.default_rng(0).normal(np.arange(40.0))
    model = TabularRegressor(epochs=3, n_members=2, hidden_layer_sizes=(8,)).fit(FRAME, y)
    names: dict[str, object] = {}
    source = model.to_numpy_source(X=FRAME, coverage=0.8)  # which verifies lower and upper
    exec(compile(source, "file", "exec"), names)
    rows = {"n": FRAME["n"], "c": FRAME["c"], "t": FRAME["t"].to_numpy()}
    right = model.predict_interval(FRAME, 0.8)
    np.testing.assert_allclose(names["predict_interval"](rows), right, rtol=1e-5, atol=1e-4)
    if runtime.compiler_name() is not None:
        header = model.to_c(X=FRAME, coverage=0.8).header
        assert "    double prediction;\n    double lower;\n    double upper;\n" in header


def test_bounds_that_cannot_be_had(model):
    with pytest.raises(DataError, match="asks for intervals, which a TabularRegr"):
        model.to_numpy_source(coverage=0.9)
    numbers = TabularRegressor(epochs=2, n_members=1).fit(FRAME, np.arange(40.0))
    with pytest.raises(SpecError, match="coverage must be a number between 0 and 1, found 2"):
        numbers.to_numpy_source(coverage=2)
    with pytest.raises(DataError, match=r"coverage=0\.999 needs 1999 validation rows"):
        numbers.to_onnx(coverage=0.999)


def test_hashed_categories_go_to_numpy_alone():
    model = TabularClassifier(epochs=2, n_members=1, hash_categories=True).fit(FRAME, Y)
    assert "'u'" not in model.to_numpy_source()
    pytest.importorskip("onnx", reason="needs the package onnx")
    with pytest.raises(DataError, match="column 'c' holds hashed categories"):
        model.to_onnx()


def test_without_onnx_the_extra_is_named(model, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(DataError, match=r'pip install "chainrule\[onnx\]"'):
        model.to_onnx()
