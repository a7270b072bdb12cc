"""MLflow's flavour: saved, logged, loaded and answered as the model itself, without a pickle."""

from __future__ import annotations

import io
import pickletools
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import chainrule
from chainrule.errors import DataError, ModelFileError, SpecError

pytestmark = pytest.mark.slow
RNG = np.random.default_rng(5)
N = 90


@pytest.fixture(scope="module")
def flavor(tmp_path_factory):
    pytest.importorskip("mlflow", reason="needs mlflow-skinny")
    import mlflow

    import chainrule.mlflow

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        mlflow.set_tracking_uri(f"file:{tmp_path_factory.mktemp('runs')}")
        mlflow.set_experiment("tests")
        yield chainrule.mlflow


def table() -> pd.DataFrame:
    size = RNG.normal(size=N).round(2)
    size[::9] = np.nan
    found = pd.DataFrame(
        {
            "size": size,
            "rooms": RNG.integers(1, 6, N),
            "colour": RNG.choice(["red", "green", "blue"], N),
            "since": pd.Timestamp("2021-03-01") + pd.to_timedelta(RNG.integers(0, 900, N), "D"),
            "new": RNG.random(N) < 0.5,
        }
    )
    found.loc[3, "colour"] = None
    return found


X = table()
y = np.where(X["rooms"] + (X["colour"] == "red") > 3, "dear", "cheap")
WIDE = X[["size", "rooms"]].fillna(0.0).to_numpy()


def fitted(kind):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if kind == "TabularClassifier":
            return chainrule.TabularClassifier(epochs=2, preset="fast").fit(X, y), X
        if kind == "TabularRegressor":
            return chainrule.TabularRegressor(epochs=2, preset="fast").fit(X, X["rooms"] * 2.5), X
        if kind == "matrix":
            return chainrule.TabularRegressor(epochs=2, preset="fast").fit(WIDE, WIDE[:, 1]), WIDE
        if kind == "MLPClassifier":
            named = X[["size", "rooms"]].fillna(0.0)
            return chainrule.MLPClassifier(max_iter=2).fit(named, y), named
        if kind == "MLPRegressor":
            return chainrule.MLPRegressor(max_iter=2).fit(WIDE, WIDE[:, 1]), WIDE
        net = chainrule.Network([2, 3, 1])
        net.fit(WIDE, WIDE[:, 1], epochs=2)
        return net, WIDE


KINDS = [
    "TabularClassifier", "TabularRegressor", "matrix", "MLPClassifier", "MLPRegressor", "Network"
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore")
def test_a_saved_model_answers_as_itself(flavor, tmp_path, kind):
    import mlflow

    model, rows = fitted(kind)
    flavor.save_model(model, tmp_path / "m")
    again = flavor.load_model(str(tmp_path / "m"))
    assert type(again) is type(model)
    np.testing.assert_array_equal(again.predict(rows), model.predict(rows))
    served = mlflow.pyfunc.load_model(str(tmp_path / "m"))
    np.testing.assert_array_equal(served.predict(rows), model.predict(rows))
    assert served.metadata.signature is not None
    example = served.input_example  # through JSON and back
    assert example is not None and len(served.predict(example)) == 1


@pytest.mark.filterwarnings("ignore")
def test_no_file_is_a_pickle(flavor, tmp_path):
    flavor.save_model(fitted("TabularClassifier")[0], tmp_path / "m")
    names = sorted(path.name for path in (tmp_path / "m").iterdir())
    assert names == sorted([
        "MLmodel", "conda.yaml", "input_example.json", "model.safetensors", "python_env.yaml",
        "requirements.txt", "serving_input_example.json",
    ])  # fmt: skip
    for path in (tmp_path / "m").iterdir():
        with pytest.raises(ValueError, match=r".*"):
            list(pickletools.genops(io.BytesIO(path.read_bytes())))
    loaded = chainrule.load(tmp_path / "m" / "model.safetensors")
    assert isinstance(loaded, chainrule.TabularClassifier)
    lines = (tmp_path / "m" / "requirements.txt").read_text().splitlines()
    assert lines[0] == f"chainrule=={chainrule.__version__}"


@pytest.mark.filterwarnings("ignore")
def test_a_logged_model_has_the_columns_that_it_needs(flavor):
    import mlflow

    model, _ = fitted("TabularClassifier")
    with mlflow.start_run():
        logged = flavor.log_model(model, pyfunc_predict_fn="predict_proba", metadata={"team": "a"})
    inputs = {column.name: str(column.type) for column in logged.signature.inputs}
    assert list(inputs) == list(X.columns)
    assert (inputs["colour"], inputs["since"]) == ("DataType.string", "DataType.datetime")
    assert inputs["size"] == "DataType.double" and "Any" in inputs["rooms"]
    served = mlflow.pyfunc.load_model(logged.model_uri)
    np.testing.assert_array_equal(served.predict(X), model.predict_proba(X))
    odd = X.head(4).assign(rooms=[1, np.nan, 2.5, 9], new=[True, None, False, None])
    np.testing.assert_array_equal(served.predict(odd), model.predict_proba(odd))
    with pytest.raises(Exception, match="colour"):
        served.predict(X.drop(columns="colour"))
    params = mlflow.get_logged_model(logged.model_id).params
    assert params["preset"] == "fast"
    assert served.metadata.metadata == {"team": "a"}


@pytest.mark.filterwarnings("ignore")
def test_names_of_hashed_categories_stay_out(flavor, tmp_path):
    model = chainrule.TabularClassifier(epochs=2, preset="fast", hash_categories=True).fit(X, y)
    flavor.save_model(model, tmp_path / "m")
    for path in (tmp_path / "m").iterdir():
        assert b"green" not in path.read_bytes(), path


@pytest.mark.filterwarnings("ignore")
def test_own_rows_signature_and_requirements(flavor, tmp_path):
    model, _ = fitted("TabularRegressor")
    flavor.save_model(
        model, tmp_path / "a", input_example=X.head(2), signature=False, pip_requirements=["x==1"],
        extra_pip_requirements=["y"],
    )  # fmt: skip
    assert (tmp_path / "a" / "requirements.txt").read_text() == "x==1\ny\n"
    assert "signature" not in (tmp_path / "a" / "MLmodel").read_text()
    assert (tmp_path / "a" / "input_example.json").read_text().count("2021-") >= 1
    flavor.save_model(model, tmp_path / "b", input_example=False)
    assert not (tmp_path / "b" / "input_example.json").exists()


def test_what_cannot_be_is_named(flavor, tmp_path):
    net, _ = fitted("Network")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "file").write_text("")
    with pytest.raises(DataError, match="not empty"):
        flavor.save_model(net, tmp_path / "full")
    with pytest.raises(SpecError, match=r"takes Network, .* found dict"):
        flavor.log_model({})
    with pytest.raises(SpecError, match="predict_proba"):
        flavor.save_model(net, tmp_path / "new", pyfunc_predict_fn="predict_proba")
    flavor.save_model(net, tmp_path / "cut")
    (tmp_path / "cut" / "model.safetensors").write_bytes(b"\x80\x04K\x01.")
    with pytest.raises(ModelFileError):
        flavor.load_model(str(tmp_path / "cut"))


def test_without_mlflow_one_is_told(monkeypatch, tmp_path):
    import chainrule.mlflow as flavor

    monkeypatch.setitem(sys.modules, "mlflow", None)
    for name in [name for name in sys.modules if name.startswith("mlflow.")]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(DataError, match="not installed"):
        flavor.save_model(fitted("Network")[0], Path(tmp_path) / "m")
