"""Scores beside the baseline, rows of training known again, and rows outside their range."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score, recall_score

import chainrule
from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataNotice
from chainrule.estimators.tabular.evaluation import at_threshold
from chainrule.estimators.tabular.ranges import outside, ranges_of
from chainrule.table.encode.scaling import smooth_clip

FEW = {"hidden_layer_sizes": 8, "epochs": 6, "random_state": 0}
RANDOM = np.random.default_rng(0)
X = pd.DataFrame(RANDOM.normal(size=(300, 3)), columns=list("abc"))
LABELS = np.where(X["a"] + RANDOM.normal(size=300) > 0.7, "yes", "no")
Y = X["a"] + 0.1 * RANDOM.normal(size=300)


@pytest.fixture(scope="module")
def classifier():
    return TabularClassifier(**FEW).fit(X[:200], LABELS[:200])


def test_scores_beside_the_baseline(classifier):
    found = classifier.evaluate(X[200:], LABELS[200:])
    scores = found.scores()
    share = np.mean(LABELS[:200] == "yes")
    truth = LABELS[200:] == "yes"
    assert scores["accuracy"].value == classifier.score(X[200:], LABELS[200:])
    assert scores["accuracy"].baseline == np.mean(LABELS[200:] == "no")
    expected = -np.mean(np.where(truth, np.log(share), np.log(1 - share)))
    assert scores["log_loss"].baseline == pytest.approx(expected)
    assert all(score.low <= score.value <= score.high for score in scores.values())


def test_a_threshold_moves_answers_alone(classifier):
    found = classifier.evaluate(X[200:], LABELS[200:])
    low, half = found.scores(threshold=0.2), found.scores()
    positive = np.where(found.answers[:, 1] >= 0.2, "yes", "no")
    for name, theirs in (("f1", f1_score), ("recall", recall_score)):
        expected = theirs(LABELS[200:], positive, pos_label="yes")
        assert low[name].value == pytest.approx(expected)
    assert low["recall"].value > half["recall"].value
    assert low["log_loss"] == half["log_loss"]
    assert at_threshold(np.array([[0.5, 0.5]]), 0.5).tolist() == [[0.0, 1.0]]


def test_what_cannot_be_scored_has_no_scores(classifier):
    found = classifier.evaluate(X[200:], LABELS[200:])
    assert replace(found, weights=np.zeros(100)).scores() == {}
    counts = TabularRegressor(loss="poisson", **FEW).fit(X[:200], np.arange(200) % 5)
    counted = counts.evaluate(X[200:], np.arange(100) % 5)
    assert replace(counted, answers=np.full(100, np.inf)).scores() == {}
    assert {"poisson_deviance", "rmse"} <= set(counted.scores())


def test_an_interval_of_accuracy_knows_that_no_row_was_wrong():
    y = np.where(X["a"] > 0, "yes", "no")
    model = TabularClassifier(epochs=30, hidden_layer_sizes=16, random_state=0, preset="fast")
    found = model.fit(X[["a"]], y).evaluate(X[["a"]][:20], (X["a"] > 9)[:20].map(lambda _: "no"))
    assert found.scores()["accuracy"].value < 1
    sure = model.evaluate(X[["a"]][:20], model.predict(X[["a"]][:20])).scores()["accuracy"]
    assert (sure.value, sure.high) == (1.0, 1.0)
    assert sure.low == pytest.approx(0.05 ** (1 / 20))


def test_scores_and_rows_of_training_outlive_a_file(classifier, tmp_path):
    classifier.save(tmp_path / "m.safetensors")
    loaded = chainrule.load(tmp_path / "m.safetensors")
    assert loaded.scores_ == classifier.scores_
    assert list(loaded.scores_) == list(classifier.scores_)
    assert loaded.scored_how_ == classifier.scored_how_
    for model in (classifier, loaded):
        assert model.n_trained_rows(X[:200], LABELS[:200]) == 200
        assert model.n_trained_rows(X[150:250], LABELS[150:250]) == 50
        assert model.n_trained_rows(X[200:], LABELS[200:]) == 0
    again = loaded.evaluate(X[200:], LABELS[200:]).scores()
    assert again == classifier.evaluate(X[200:], LABELS[200:]).scores()
    assert (tmp_path / "m.safetensors").stat().st_size < 50_000


def test_a_sketch_of_many_rows_tells_the_share():
    rows = np.random.default_rng(1).normal(size=(6_000, 2))
    model = TabularRegressor(preset="fast", **FEW | {"epochs": 1}).fit(
        rows[:4_000], rows[:4_000, 0]
    )
    found = model.n_trained_rows(rows[2_000:], rows[2_000:, 0])
    assert found == pytest.approx(2_000, abs=200)
    assert model.n_trained_rows(rows[4_000:], rows[4_000:, 0]) == 0


def test_rows_that_are_alike_by_chance_prove_nothing():
    coins = pd.DataFrame(np.random.default_rng(2).integers(0, 2, (200, 3)).astype(str))
    coins.columns = list("abc")
    y = np.random.default_rng(3).integers(0, 2, 200)
    model = TabularClassifier(preset="fast", **FEW).fit(coins[:100], y[:100])
    assert model.n_trained_rows(coins[100:], y[100:]) == 0


def test_rows_far_outside_are_told_with_their_columns():
    model = TabularRegressor(preset="fast", **FEW).fit(X, Y)
    new = X[:10].copy()
    new.loc[:2, "b"] = 1e3
    new.loc[2, "c"] = -80.0
    told = r"3 of 10 rows lie far outside the range of training in columns 'b', 'c'; no answer"
    with pytest.warns(DataNotice, match=told):
        model.predict(new)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(X)


def test_ranges_are_those_before_the_clip():
    numbers = np.array([[0.0], [1.0], [40.0]])
    clipped = smooth_clip(numbers, 0.0, 1.0)
    low, high = ranges_of(clipped, 1)
    assert low[0] == pytest.approx(0.0)
    assert high[0] == pytest.approx(40.0)
    new = smooth_clip(np.array([[-9.0], [-11.0], [49.0], [51.0]]), 0.0, 1.0)
    assert outside(new, np.array([low, high])).ravel().tolist() == [False, True, False, True]


def test_clip_is_an_argument(tmp_path):
    x = np.linspace(0, 1, 200)[:, None]
    new = np.array([[1.3]])
    few = {"preset": "fast", "epochs": 40, "hidden_layer_sizes": 32, "random_state": 0}
    y = 3 * x[:, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataNotice)
        assert TabularRegressor(**few).fit(x, y).predict(new)[0] <= 3.0
        free = TabularRegressor(clip=False, **few).fit(x, y)
        assert free.predict(new)[0] > 3.05
        free.save(tmp_path / "m.safetensors")
        assert chainrule.load(tmp_path / "m.safetensors").predict(new)[0] == free.predict(new)[0]
