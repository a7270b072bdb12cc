"""All four estimators inside scikit-learn's own tools."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn import set_config
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import (
    TransformedTargetRegressor,
    make_column_selector,
    make_column_transformer,
)
from sklearn.datasets import make_classification, make_regression
from sklearn.ensemble import (
    AdaBoostClassifier,
    AdaBoostRegressor,
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.inspection import PartialDependenceDisplay, partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    cross_val_predict,
    cross_validate,
    learning_curve,
)
from sklearn.multiclass import OneVsRestClassifier
from sklearn.multioutput import MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from chainrule import MLPClassifier, MLPRegressor, TabularClassifier, TabularRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

TABULAR = {"preset": "fast", "n_members": 1, "epochs": 20, "batch_size": 16, "learning_rate": 0.02}
DROP_IN = {"max_iter": 20, "batch_size": 32, "learning_rate_init": 0.02}
MODELS = [
    TabularClassifier(hidden_layer_sizes=8, random_state=0, **TABULAR),
    TabularRegressor(hidden_layer_sizes=8, random_state=0, **TABULAR),
    MLPClassifier(hidden_layer_sizes=8, random_state=0, **DROP_IN),
    MLPRegressor(hidden_layer_sizes=8, random_state=0, **DROP_IN),
]
CLASSIFIERS, REGRESSORS = MODELS[::2], MODELS[1::2]
NAMES = [type(model).__name__ for model in MODELS]
FEATURES = list("abcd")

every = pytest.mark.parametrize("model", MODELS, ids=NAMES)
classifiers = pytest.mark.parametrize("model", CLASSIFIERS, ids=NAMES[::2])
regressors = pytest.mark.parametrize("model", REGRESSORS, ids=NAMES[1::2])


def rows(model, n=150):
    """A data frame whose column a decides, and its target."""
    if model in CLASSIFIERS:
        X, y = make_classification(
            n, 4, n_informative=1, n_redundant=0, n_clusters_per_class=1, shuffle=False,
            random_state=0,
        )  # fmt: skip
    else:
        X, y = make_regression(n, 4, n_informative=1, shuffle=False, noise=0.1, random_state=0)
        y = y / y.std()
    return pd.DataFrame(X, columns=FEATURES), y


def epochs(model):
    return next(name for name in ("epochs", "max_iter") if name in model.get_params())


@every
def test_pipeline_and_grid_search_in_two_processes(model):
    X, y = rows(model)
    name = type(model).__name__.lower()
    pipeline = make_pipeline(StandardScaler(), model)
    grid = {f"{name}__{epochs(model)}": np.array([1, 8]), f"{name}__hidden_layer_sizes": [(4,), 8]}
    scores = [
        GridSearchCV(pipeline, grid, cv=2, n_jobs=n_jobs).fit(X, y).cv_results_["mean_test_score"]
        for n_jobs in (1, 2)
    ]
    np.testing.assert_array_equal(*scores)


@every
def test_halving(model):
    X, y = rows(model)
    search = HalvingGridSearchCV(
        model, {"random_state": [0, 1]}, resource=epochs(model), min_resources=2, max_resources=8,
        factor=2, cv=2, random_state=0,
    ).fit(X, y)  # fmt: skip
    assert search.n_resources_ == [2, 4]
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


@every
def test_cross_validation(model):
    X, y = rows(model)
    found = cross_validate(model, X, y, cv=3, return_train_score=True, error_score="raise")
    assert found["test_score"].mean() > 0.5
    assert cross_val_predict(model, X, y, cv=3).shape == y.shape
    sizes, train, test = learning_curve(model, X, y, cv=2, train_sizes=[0.5, 1.0], shuffle=True)
    assert train.shape == test.shape == (len(sizes), 2)


@classifiers
def test_classifiers_in_classifiers(model):
    X, y = rows(model)
    proba = cross_val_predict(model, X, y, cv=2, method="predict_proba")
    np.testing.assert_allclose(proba.sum(axis=1), 1)
    for wrapped in (
        CalibratedClassifierCV(model, cv=2),
        CalibratedClassifierCV(model, cv=2, method="temperature"),
        VotingClassifier([("a", model), ("b", LogisticRegression())], voting="soft"),
        StackingClassifier([("a", model)], cv=2),
        BaggingClassifier(model, n_estimators=2, random_state=0),
        AdaBoostClassifier(model, n_estimators=2, random_state=0),
        OneVsRestClassifier(model),
    ):
        assert wrapped.fit(X, y).score(X, y) > 0.7, wrapped
    both = MultiOutputClassifier(model).fit(X, np.column_stack([y, 1 - y]))
    assert both.predict(X).shape == (len(X), 2)


@regressors
def test_regressors_in_regressors(model):
    X, y = rows(model)
    for wrapped in (
        VotingRegressor([("a", model), ("b", Ridge())]),
        StackingRegressor([("a", model)], cv=2),
        BaggingRegressor(model, n_estimators=2, random_state=0),
        AdaBoostRegressor(model, n_estimators=2, random_state=0),
        TransformedTargetRegressor(model, func=lambda v: 2 * v, inverse_func=lambda v: v / 2),
    ):
        assert wrapped.fit(X, y).score(X, y) > 0.5, wrapped
    both = MultiOutputRegressor(model).fit(X, np.column_stack([y, -y]))
    assert both.predict(X).shape == (len(X), 2)


@every
def test_inspection(model):
    X, y = rows(model)
    model = clone(model).fit(X, y)
    importance = permutation_importance(model, X, y, n_repeats=3, random_state=0).importances_mean
    assert importance.argmax() == 0
    found = partial_dependence(model, X, ["a"], kind="both", grid_resolution=5)
    assert np.ptp(found["average"]) > 0.1
    kept = SequentialFeatureSelector(model, n_features_to_select=1, cv=2).fit(X, y)
    assert kept.get_feature_names_out().tolist() == ["a"]


@pytest.mark.parametrize("model", MODELS[:2], ids=NAMES[:2])
def test_inspection_of_words_and_gaps(model):
    X, y = rows(model)
    X = X.assign(word=np.where(X["a"] > 0, "up", "down"), gap=X["b"].where(X["b"] > 0))
    X["word"] = X["word"].astype("category")
    model = clone(model).fit(X, y)
    display = PartialDependenceDisplay.from_estimator(
        model, X, ["word", "gap", "a"], categorical_features=["word"], grid_resolution=4
    )
    assert len(display.pd_results) == 3
    assert permutation_importance(model, X, y, n_repeats=1).importances_mean.shape == (6,)


@every
def test_clones_and_pickles_of_a_fitted_model(model):
    X, y = rows(model)
    fitted = clone(model).fit(X, y)
    again = clone(fitted)
    assert again.get_params() == model.get_params()
    assert not hasattr(again, "n_features_in_")
    expected = fitted.predict(X)
    np.testing.assert_array_equal(again.fit(X, y).predict(X), expected)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(fitted)).predict(X), expected)
    assert fitted.feature_names_in_.tolist() == FEATURES
    assert fitted.n_features_in_ == 4


@every
def test_weights_are_routed(model):
    X, y = rows(model)
    weights = np.where(np.arange(len(y)) % 2, 1.0, 0.0)
    set_config(enable_metadata_routing=True)
    try:
        routed = clone(model).set_fit_request(sample_weight=True)
        routed.set_score_request(sample_weight=True)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), routed)
        predicted = pipeline.fit(X, y, sample_weight=weights).predict(X)
        found = cross_validate(
            routed, X, y, cv=2, params={"sample_weight": weights}, error_score="raise"
        )
    finally:
        set_config(enable_metadata_routing=False)
    scaled = StandardScaler().fit_transform(X)
    expected = clone(model).fit(scaled, y, sample_weight=weights).predict(scaled)
    np.testing.assert_array_equal(predicted, expected)
    assert not np.array_equal(predicted, clone(model).fit(scaled, y).predict(scaled))
    assert np.isfinite(found["test_score"]).all()


@pytest.mark.parametrize("kind", ["pandas", "polars"])
@every
def test_set_output_of_the_steps_before(model, kind):
    X, y = rows(model)
    X = X.assign(word=np.where(X["a"] > 0, "up", "down"))
    columns = make_column_transformer(
        (OneHotEncoder(sparse_output=False), make_column_selector(dtype_exclude=np.number)),
        (StandardScaler(), make_column_selector(dtype_include=np.number)),
    ).set_output(transform=kind)
    pipeline = make_pipeline(columns, clone(model)).fit(X, y)
    assert len(pipeline[-1].feature_names_in_) == 6
    assert pipeline.predict(X).shape == y.shape


@pytest.mark.parametrize("model", MODELS[:2], ids=NAMES[:2])
def test_sparse_output_of_the_steps_before(model):
    X, y = rows(model)
    words = pd.DataFrame({"word": np.where(X["a"] > 0, "up", "down")})
    pipeline = make_pipeline(OneHotEncoder(), clone(model)).fit(words, y)
    assert pipeline.score(words, y) > 0.3
