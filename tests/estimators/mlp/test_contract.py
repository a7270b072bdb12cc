"""scikit-learn's own checks of its estimator contract, on the drop-in estimators."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import (
    check_dataframe_column_names_consistency,
    parametrize_with_checks,
)

from chainrule import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@parametrize_with_checks([MLPClassifier(), MLPRegressor()])
def test_contract(estimator, check):
    check(estimator)


@pytest.mark.parametrize("model", [MLPClassifier(max_iter=2), MLPRegressor(max_iter=2)])
def test_column_names(model):
    """scikit-learn keeps this one for its own estimators."""
    check_dataframe_column_names_consistency(type(model).__name__, model)


def test_search_and_pickle():
    X, y = load_iris(return_X_y=True)
    model = make_pipeline(
        StandardScaler(), MLPClassifier((8,), learning_rate_init=0.05, random_state=0, max_iter=60)
    )
    assert cross_val_score(model, X, y, n_jobs=1).mean() > 0.9
    search = HalvingGridSearchCV(
        model, {"mlpclassifier__alpha": [1e-4, 1e-1]}, min_resources=60, random_state=0
    ).fit(X, y)
    assert search.best_score_ > 0.9
    again = pickle.loads(pickle.dumps(search))
    np.testing.assert_array_equal(again.predict_proba(X), search.predict_proba(X))


@pytest.mark.parametrize("name", ["MLPClassifier", "MLPRegressor"])
def test_parameters_and_defaults_are_scikit_learns(name):
    import sklearn.neural_network

    import chainrule

    theirs = getattr(sklearn.neural_network, name)().get_params()
    ours = getattr(chainrule, name)().get_params()
    assert {key: ours[key] for key in theirs} == theirs
    assert set(ours) - set(theirs) <= {
        "class_weight",
        "greater_is_better",
        "dropout",
        "metric",
        "n_threads",
    }
    assert clone(getattr(chainrule, name)(dropout=0.5)).dropout == 0.5
