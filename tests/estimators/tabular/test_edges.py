"""Tables at the edge of being tables: they are trained on and predicted, with finite numbers."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest

from chainrule import TabularClassifier, TabularRegressor

QUICK = {"hidden_layer_sizes": 4, "epochs": 2, "random_state": 0}
RNG = np.random.default_rng(0)
NUMBERS = RNG.normal(size=(24, 3))
WORDS = np.array([f"word {k}" for k in range(24)], object)

TABLES = {
    "two rows": NUMBERS[:2],
    "one column": NUMBERS[:, :1],
    "constant": np.ones((24, 2)),
    "all missing": np.full((24, 2), np.nan),
    "missing and constant": pd.DataFrame({"a": [np.nan] * 24, "b": "x", "c": True}),
    "identical columns": np.repeat(NUMBERS[:, :1], 5, axis=1),
    "one value in all": np.where(np.eye(24, 3) > 0, 1.0, np.nan),
    "largest and smallest": NUMBERS * np.array([1e307, 1e-307, 5e-324]),
    "one row far away": np.r_[NUMBERS[:23], [[1e300, -1e300, 1e300]]],
    "a category in each row": pd.DataFrame({"w": WORDS}),
    "a category in each row, with gaps": pd.DataFrame({"w": WORDS}).where(NUMBERS[:, :1] > 0),
    "more columns than rows": RNG.normal(size=(5, 200)),
    "thousand categories": pd.DataFrame({"w": np.arange(1000).astype(str)}),
    "text of one letter": np.array([list("abc")] * 23 + [list("xyz")]),
    "dates": pd.DataFrame({"d": pd.date_range("1900", periods=24, freq="YS")}),
}


@pytest.mark.parametrize("case", TABLES)
@pytest.mark.parametrize("make", [TabularClassifier, TabularRegressor])
def test_the_table_is_learned(make, case):
    X = TABLES[case]
    n = len(X)
    y = np.arange(n) % 2 if make is TabularClassifier else np.arange(n) / n
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = make(**QUICK).fit(X, y)
        outputs = model.predict_proba(X) if make is TabularClassifier else model.predict(X)
    assert np.isfinite(outputs).all()
    assert len(outputs) == n


@pytest.mark.parametrize("n_classes", [2, 3, 24])
def test_one_row_of_each_class(n_classes):
    X, y = NUMBERS[:n_classes], WORDS[:n_classes]
    model = TabularClassifier(**QUICK).fit(X, y)
    assert model.predict_proba(X).shape == (n_classes, n_classes)
    assert set(model.classes_) == set(y)


@pytest.mark.parametrize("weight", [1e-20, 1e20])
def test_weights_far_from_one(weight):
    y = NUMBERS[:, 0]
    model = TabularRegressor(**QUICK).fit(NUMBERS, y, sample_weight=np.full(24, weight))
    assert np.isfinite(model.predict(NUMBERS)).all()


def test_wide_and_sparse():
    X = np.zeros((30, 3000))
    X[np.arange(30), np.arange(30) * 100] = 1.0
    model = TabularRegressor(**QUICK)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, np.arange(30.0))
    assert len(model.encoder_.input_names) == 30
    assert model.n_features_in_ == 3000
