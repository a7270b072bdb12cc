"""Answers without scikit-learn: those of the estimators, bit for bit."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import ModelFileError
from chainrule.estimators.load import answers_from_record
from chainrule.estimators.tabular.answers import answers_of

RNG = np.random.default_rng(0)
X = {"a": RNG.normal(size=80), "w": np.array(list("pqr"), object)[RNG.integers(0, 3, 80)]}
Y = X["a"] + (X["w"] == "p")


def model(kind):
    settings = {"preset": "fast", "epochs": 3, "random_state": 0}
    if kind == "classes":
        return TabularClassifier(**settings).fit(X, Y > 0)
    if kind == "bag":
        return TabularRegressor(**{**settings, "preset": "default"}).fit(X, Y)
    return TabularRegressor(loss="pinball", **settings).fit(X, Y)


@pytest.mark.parametrize("kind", ["classes", "bag", "quantiles"])
def test_the_same_answers(kind):
    estimator = model(kind)
    answers = answers_of(estimator.to_record())
    if kind == "classes":
        assert (answers.predict_proba(X) == estimator.predict_proba(X)).all()
        assert (answers.classes_ == estimator.classes_).all()
    else:
        assert (answers.predict(X) == estimator.predict(X)).all()
    if kind == "bag":
        assert (answers.predict_interval(X, 0.8) == estimator.predict_interval(X, 0.8)).all()


def test_a_record_that_does_not_fit_together():
    record = model("classes").to_record()
    record.extra["encoder"]["columns"].pop()
    with pytest.raises(ModelFileError, match="does not fit its encoder"):
        answers_from_record(record)


def test_records_as_a_web_service_has_them():
    estimator = model("classes")
    rows = [{"w": str(X["w"][k]), "a": float(X["a"][k])} for k in range(3)]
    assert (estimator.predict_proba(rows) == estimator.predict_proba(X)[:3]).all()
    assert (estimator.predict_proba(rows[0]) == estimator.predict_proba(X)[:1]).all()
    gap = estimator.predict_proba([{"w": None, "a": 0.5}, {"a": 0.5}])
    assert (gap[0] == gap[1]).all()


def test_predict_imports_no_scikit_learn(tmp_path):
    model("classes").save(tmp_path / "m.safetensors")
    (tmp_path / "t.csv").write_text("a,w\n0.5,p\n-0.5,q\n")
    code = (
        "import sys; from chainrule.cli.app import main; "
        "assert main(['predict', 'm.safetensors', 't.csv', '-q']) == 0; "
        "print([m for m in sys.modules if m.split('.')[0] in ('sklearn', 'scipy', 'pandas')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    lines = done.stdout.splitlines()
    assert lines[0] == "prediction,p(False),p(True)" and lines[-1] == "[]"
