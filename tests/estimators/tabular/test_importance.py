"""Importance against scikit-learn's, which permutes the table and not the network's inputs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.metrics import mean_absolute_error

from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataNotice, SpecError

PENGUINS = pd.read_csv(Path(__file__).parents[3] / "examples" / "penguins.csv")
QUICK = {"hidden_layer_sizes": 16, "epochs": 12, "learning_rate": 0.02, "random_state": 0}


@pytest.fixture(scope="module")
def penguins():
    X, y = PENGUINS.drop(columns="species").assign(planet="Earth"), PENGUINS["species"]
    with pytest.warns(DataNotice, match="planet"):
        return TabularClassifier(**QUICK).fit(X, y), X, y


def test_equal_to_scikit_learn_for_the_same_permutations(penguins):
    model, X, y = penguins
    weights = np.linspace(0, 2, len(y))
    for metric, scoring, w in (
        (None, None, None),
        (None, None, weights),
        ("log_loss", "neg_log_loss", None),
        ("balanced_accuracy", "balanced_accuracy", None),
    ):
        found = model.feature_importance(X, y, w, n_repeats=3, metric=metric, random_state=7)
        expected = permutation_importance(
            model, X, y, n_repeats=3, random_state=7, scoring=scoring, sample_weight=w
        )
        places = [X.columns.get_loc(name) for name in found.names]
        np.testing.assert_allclose(found.values, expected.importances[places], atol=1e-12)
        np.testing.assert_allclose(found.mean, expected.importances_mean[places], atol=1e-12)
        np.testing.assert_allclose(found.std, expected.importances_std[places], atol=1e-12)
        assert (np.diff(found.mean) <= 0).all()


def test_regression_and_functions():
    X, y = load_diabetes(return_X_y=True)
    model = TabularRegressor(n_threads=1, **QUICK).fit(X, y)
    found = model.feature_importance(X, y, random_state=1)
    expected = permutation_importance(model, X, y, random_state=1)
    places = [int(name[1:]) for name in found.names]
    np.testing.assert_allclose(found.values, expected.importances[places], atol=1e-12)
    by_function = model.feature_importance(X, y, metric=mean_absolute_error)
    np.testing.assert_allclose(
        by_function.values, model.feature_importance(X, y, metric="mae").values, atol=1e-9
    )
    assert "by mean_absolute_error, 5 permutations" in repr(by_function)


def test_the_table(penguins):
    model, X, y = penguins
    found = model.feature_importance(X, y)
    assert dict(zip(found.names, found.mean, strict=True))["planet"] == 0.0
    frame = pd.DataFrame(found.to_dict())
    assert list(frame) == ["feature", "mean", "std"]
    lines = repr(found).splitlines()
    assert lines[0] == "FeatureImportance by score, 5 permutations of each column"
    assert lines[1].split() == [found.names[0], f"{found.mean[0]:.4f}", "±", f"{found.std[0]:.4f}"]
    assert len(lines) == 1 + X.shape[1]


def test_refusals(penguins):
    model, X, y = penguins
    with pytest.raises(SpecError, match="n_repeats must be a whole number of at least 1"):
        model.feature_importance(X, y, n_repeats=0)
    with pytest.raises(SpecError, match="unknown metric 'rmse'"):
        model.feature_importance(X, y, metric="rmse")
    with pytest.raises(SpecError, match="a function knows no sample_weight"):
        model.feature_importance(X, y, np.ones(len(y)), metric=mean_absolute_error)


def test_partial_dependence_works(penguins):
    model, X, _ = penguins
    X = X.dropna()
    numbers = partial_dependence(model, X, ["bill_length_mm"], grid_resolution=5)
    assert numbers["average"].shape == (3, 5)
    grid = numbers["grid_values"][0]
    by_hand = model.predict_proba(X.assign(bill_length_mm=grid[2])).mean(axis=0)
    np.testing.assert_allclose(numbers["average"][:, 2], by_hand, atol=1e-12)
    islands = partial_dependence(model, X, ["island"], categorical_features=["island"])
    assert islands["average"].shape == (3, 3)
    pair = partial_dependence(model, X, ["bill_length_mm", "bill_depth_mm"], grid_resolution=4)
    assert pair["average"].shape == (3, 4, 4)
