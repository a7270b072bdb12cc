"""Scores of a model beside the baseline's, by hand."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from chainrule.cli.scores import baseline_of, baseline_scores, score_rows, scores_of
from chainrule.spec import Loss

Y = np.array([1.0, 2.0, 3.0, 6.0])


def regressor(loss: Loss) -> SimpleNamespace:
    return SimpleNamespace(spec_=SimpleNamespace(loss=loss))


def test_numbers() -> None:
    model = regressor(Loss("squared_error"))
    baseline = baseline_of(model, Y)
    assert baseline == {"mean": 3.0}
    words, scores = baseline_scores(model, baseline, Y)
    assert words == "always 3"
    assert scores == pytest.approx({"rmse": np.sqrt(14 / 4), "r2": 0.0, "mae": 1.5})
    assert scores_of(model, Y, Y) == {"rmse": 0.0, "r2": 1.0, "mae": 0.0}


def test_one_quantile_and_several() -> None:
    model = regressor(Loss("pinball", quantiles=(0.5,)))
    words, scores = baseline_scores(model, baseline_of(model, Y), Y)
    assert words == "always 2.5" and scores == {"pinball": 0.75, "below q(0.5)": 0.5}
    model = regressor(Loss("pinball", quantiles=(0.25, 0.75)))
    words, scores = baseline_scores(model, {}, Y)
    assert words == "always 1.5, 4.5"
    assert (scores["below q(0.25)"], scores["below q(0.75)"]) == (0.25, 0.75)


def test_classes_and_a_certain_wrong_answer() -> None:
    classes = np.array(["no", "yes"])
    model = SimpleNamespace(classes_=classes, predict_proba=None)
    y = np.array(["yes", "no", "yes"], object)
    words, scores = baseline_scores(model, baseline_of(model, y), y)
    assert words == "always 'yes'" and scores["accuracy"] == 2 / 3
    assert scores["log_loss"] == pytest.approx(-(2 * np.log(2 / 3) + np.log(1 / 3)) / 3)
    found = scores_of(model, y[:2], np.array([[1.0, 0.0], [0.5, 0.5]]))
    assert found["log_loss"] == pytest.approx((-np.log(np.finfo(float).eps) + np.log(2)) / 2)


def test_the_table() -> None:
    rows = score_rows("3 rows", {"mae": 0.5}, "always 3", {"mae": 1.5})
    assert rows == [("3 rows", "model", "always 3"), ("mae", "0.5000", "1.5000")]
