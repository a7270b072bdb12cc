"""The displays of scikit-learn, made from Tabular models as from its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibrationDisplay
from sklearn.inspection import DecisionBoundaryDisplay, PartialDependenceDisplay
from sklearn.metrics import (
    ConfusionMatrixDisplay,
    DetCurveDisplay,
    PrecisionRecallDisplay,
    PredictionErrorDisplay,
    RocCurveDisplay,
    confusion_matrix,
    roc_auc_score,
)
from sklearn.model_selection import LearningCurveDisplay, ValidationCurveDisplay

import chainrule

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
pytestmark = pytest.mark.slow
RNG = np.random.default_rng(8)
N = 120


@pytest.fixture(autouse=True)
def closed():
    yield
    from matplotlib import pyplot

    pyplot.close("all")


def table():
    size = RNG.normal(size=N)
    size[::10] = np.nan
    return pd.DataFrame(
        {"size": size, "age": RNG.normal(size=N), "town": RNG.choice(["A", "B", "C"], N)}
    )


X = table()
SCORE = X["size"].fillna(0) + (X["town"] == "B") + 0.3 * RNG.normal(size=N)
Y = np.where(SCORE > 0.4, "yes", "no")
SMALL = {"epochs": 3, "preset": "fast", "hidden_layer_sizes": (8,), "random_state": 0}


@pytest.fixture(scope="module")
def model():
    return chainrule.TabularClassifier(**SMALL).fit(X, Y)


def test_curves_of_two_classes(model):
    p = model.predict_proba(X)[:, 1]
    roc = RocCurveDisplay.from_estimator(model, X, Y)
    assert roc.roc_auc == pytest.approx(roc_auc_score(Y == "yes", p))
    assert roc.name in (None, "TabularClassifier")
    curve = PrecisionRecallDisplay.from_estimator(model, X, Y)
    assert 0 < curve.average_precision <= 1
    assert len(DetCurveDisplay.from_estimator(model, X, Y).fpr) > 2
    calibration = CalibrationDisplay.from_estimator(model, X, Y, n_bins=4)
    np.testing.assert_array_equal(calibration.y_prob, p)


def test_confusion(model):
    found = ConfusionMatrixDisplay.from_estimator(model, X, Y)
    np.testing.assert_array_equal(found.confusion_matrix, confusion_matrix(Y, model.predict(X)))
    assert list(found.display_labels) == ["no", "yes"]


@pytest.mark.filterwarnings("ignore")
def test_dependence_of_numbers_and_categories(model):
    found = PartialDependenceDisplay.from_estimator(
        model, X.fillna({"size": 0.0}), ["size", "town"], categorical_features=["town"],
        grid_resolution=5,
    )  # fmt: skip
    sizes = found.pd_results[0]["grid_values"][0]
    for k, value in enumerate(sizes):  # by hand: the mean probability with the column replaced
        expected = model.predict_proba(X.assign(size=value))[:, 1].mean()
        assert found.pd_results[0]["average"][0, k] == pytest.approx(expected, abs=1e-6)
    assert len(found.pd_results[1]["grid_values"][0]) == 3


@pytest.mark.filterwarnings("ignore")
def test_learning_and_validation_curves():
    model = chainrule.TabularClassifier(**SMALL)
    found = LearningCurveDisplay.from_estimator(model, X, Y, cv=2, train_sizes=[0.5, 1.0])
    assert found.test_scores.shape == (2, 2) and np.isfinite(found.test_scores).all()
    other = ValidationCurveDisplay.from_estimator(
        model, X, Y, cv=2, param_name="learning_rate", param_range=[0.01, 0.04]
    )
    assert np.isfinite(other.test_scores).all()


def test_errors_and_boundaries_of_numbers():
    model = chainrule.TabularRegressor(**SMALL).fit(X, SCORE)
    found = PredictionErrorDisplay.from_estimator(model, X, SCORE, subsample=None)
    np.testing.assert_array_equal(found.y_pred, model.predict(X))
    flat = X[["size", "age"]].fillna(0.0)
    two = chainrule.TabularClassifier(**SMALL).fit(flat, Y)
    shown = DecisionBoundaryDisplay.from_estimator(
        two, flat, response_method="predict_proba", grid_resolution=6
    )
    assert shown.response.shape == (6, 6)
