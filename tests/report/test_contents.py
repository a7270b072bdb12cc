"""What a report says, against the model's own methods and scikit-learn."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix

from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataError, SpecError


def test_scores_and_mistakes_are_those_of_the_model(hostile) -> None:
    report, model, X, y = hostile
    found = report.contents
    expected = model.evaluate(X, y).scores()
    told = {score.name: score for score in found.verdict.tables[0].scores}
    assert list(told) == list(expected)
    for name, score in expected.items():
        assert (told[name].value, told[name].baseline) == (score.value, score.baseline)
    np.testing.assert_array_equal(
        found.of_classes.confusion, confusion_matrix(y, model.predict(X), labels=model.classes_)
    )
    assert found.verdict.warning == "" and found.verdict.level == "better"


def test_the_worst_rows_are_those_of_the_largest_loss(hostile) -> None:
    report, model, X, y = hostile
    p = model.predict_proba(X)[np.arange(len(y)), np.searchsorted(model.classes_, y)]
    first, second = np.argsort(p)[:2]
    rows = report.contents.worst
    assert [row.row for row in rows] == [str(first), str(second)]
    assert rows[0].loss == pytest.approx(-np.log(p[first]))
    for row in rows:
        parts = sum(part.value for part in row.parts) + row.rest
        assert row.base + parts == pytest.approx(row.total)
        one = slice(int(row.row), int(row.row) + 1)
        again = model.explain(row.explanation.quantity, X[one], y[one])
        assert row.explanation.value == again.value


def test_rows_of_training_are_told_and_the_verdict_is_of_others(numbers) -> None:
    report, model, X, y = numbers
    verdict = report.contents.verdict
    assert verdict.warning.startswith("These rows were used in training.")
    assert "held out of training" in verdict.tables[0].rows
    assert verdict.tables[0].scores[0].value == model.scores_["rmse"].value
    assert verdict.tables[1].scores[0].value == model.evaluate(X, y).scores()["rmse"].value


def test_residuals_and_coverage(numbers) -> None:
    report, model, X, y = numbers
    (found,) = report.contents.of_numbers
    residual = y - model.predict(X)
    assert found.mean == pytest.approx(residual.mean())
    assert found.spread == pytest.approx(residual.std())
    assert sum(found.counts) == len(y) and len(found.edges) == len(found.counts) + 1
    bounds = model.predict_interval(X, 0.9)
    (coverage,) = report.contents.coverage
    assert coverage.found == np.mean((bounds[:, 0] <= y) & (y <= bounds[:, 1]))


def test_weights_of_zero_leave_rows_out(numbers) -> None:
    _, model, X, y = numbers
    weights = np.ones(len(y))
    weights[10:] = 0.0
    found = model.report(X, y, weights, n_worst=1).contents
    assert dict(found.facts)["rows given"] == "10" and int(found.worst[0].row) < 10


def test_it_is_the_same_each_time_and_plain_as_json(numbers) -> None:
    report, model, X, y = numbers
    again = model.report(X, y, n_worst=2)
    assert again.to_html() == report.to_html() and again.to_markdown() == report.to_markdown()
    form = json.loads(json.dumps(report.to_json(), allow_nan=False))
    assert form["verdict"]["sentence"] == report.contents.verdict.sentence
    hashes = dict(report.contents.origin)
    other = dict(model.report(X[1:], y[1:], n_worst=0).contents.origin)
    assert hashes["parameters, SHA-256"] == other["parameters, SHA-256"]
    assert hashes["these rows, SHA-256"] != other["these rows, SHA-256"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"n_worst": 21}, "n_worst"),
        ({"n_worst": True}, "n_worst"),
        ({"title": 3}, "title"),
        ({"row_ids": ["a"]}, "row_ids has 1 entries"),
    ],
)
def test_bad_arguments_are_named(numbers, arguments, words) -> None:
    _, model, X, y = numbers
    with pytest.raises((DataError, SpecError), match=words):
        model.report(X, y, **arguments)


def test_no_answers_are_refused(numbers) -> None:
    _, model, X, y = numbers
    with pytest.raises(DataError, match="None"):
        model.report(X, None)
    with pytest.raises(DataError, match="120 rows"):
        model.report(X, y[:-1])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("kind", ["labels", "targets", "quantiles", "counts", "many", "one row"])
def test_every_kind_of_answer_has_a_report(kind) -> None:
    random = np.random.default_rng(0)
    X = pd.DataFrame(random.normal(size=(150, 3)), columns=["a", "b", "c"])
    settings = {"hidden_layer_sizes": (8,), "epochs": 5, "n_members": 1, "random_state": 0}
    y = X["a"].to_numpy()
    if kind == "labels":
        y, model = (X[["a", "b"]].to_numpy() > 0).astype(int), TabularClassifier(**settings)
    elif kind == "many":
        y, model = np.arange(150) % 20, TabularClassifier(**settings)
    elif kind == "one row":
        y, model = np.where(y > 0, "up", "down"), TabularClassifier(**settings)
    elif kind == "quantiles":
        model = TabularRegressor(loss="pinball", quantiles=(0.1, 0.5, 0.9), **settings)
    elif kind == "counts":
        y, model = random.poisson(3, 150), TabularRegressor(loss="poisson", **settings)
    else:
        y, model = X[["a", "b"]].to_numpy(), TabularRegressor(**settings)
    model.fit(X, y)
    rows = slice(0, 1) if kind == "one row" else slice(None)
    report = model.report(X[rows], y[rows])
    assert len(report.to_html()) < 400_000
    assert report.contents.verdict.sentence in repr(report)
    assert len(report.contents.worst) == (1 if kind == "one row" else 8)
    assert len(report.contents.coverage) == {"quantiles": 4, "counts": 1}.get(kind, 0)
