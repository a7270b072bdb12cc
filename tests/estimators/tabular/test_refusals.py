"""Bad rows and bad arguments each get one sentence."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from chainrule import TabularClassifier, TabularRegressor
from chainrule.errors import DataError, SpecError

QUICK = {"hidden_layer_sizes": 8, "epochs": 3, "random_state": 0}


def classifier(**given):
    return TabularClassifier(**QUICK | given)


def regressor(**given):
    return TabularRegressor(**QUICK | given)


X3, Y3 = np.random.default_rng(0).normal(size=(9, 2)), np.arange(9) % 3
BAD_FITS = {
    "no rows": (np.zeros((0, 2)), [], {}, r"0 sample\(s\)"),
    "one row": (X3[:1], Y3[:1], {}, "n_samples = 1"),
    "one class": (X3, np.zeros(9), {}, "one class"),
    "NaN label": (X3, [1.0] * 8 + [np.nan], {}, "y contains NaN"),
    "lengths": (X3, Y3[:-1], {}, "X has 9 rows and y has 8"),
    "inf": (np.where(X3[4, 1] == X3, np.inf, X3), Y3, {}, "column 'x1' of X holds infinity"),
    "2**40 rows": (np.broadcast_to(1.0, (2**40, 2)), Y3, {}, "1,099,511,627,776 rows"),
    "2**40 labels": (X3, np.broadcast_to(1, (2**40,)), {}, "y has 1099511627776"),
    "weights": (X3, Y3, {"sample_weight": -np.ones(9)}, "sample_weight is -1 in row 0"),
    "zero weights": (X3, Y3, {"sample_weight": np.zeros(9)}, "zero in every row"),
}


@pytest.mark.parametrize("case", BAD_FITS)
def test_bad_rows_are_refused(case):
    X, y, keywords, message = BAD_FITS[case]
    with pytest.raises(DataError, match=message):
        classifier().fit(X, y, **keywords)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"epochs": -1}, "epochs must be a whole number"),
        ({"epochs": "many"}, "epochs"),
        ({"batch_size": 0}, "batch_size"),
        ({"learning_rate": -1.0}, "learning_rate"),
        ({"hidden_layer_sizes": (8, 0)}, "hidden_layer_sizes must be > 0, got 0"),
        ({"init": "magic"}, "init"),
        ({"loss": "squared_error"}, "use loss='cross_entropy'"),
        ({"metric": "f1"}, "unknown metric 'f1'"),
        ({"dtype": "float16"}, "dtype"),
        ({"n_threads": 0}, "n_threads"),
        ({"preset": "finest"}, "not offered"),
        ({"n_members": 0}, "n_members"),
        ({"n_members": 2, "refit": True}, "refit=True goes with one network"),
        ({"patience": 1.5}, "patience"),
        ({"time_limit": 0}, "time_limit"),
    ],
)
def test_bad_arguments_are_refused(given, message):
    with pytest.raises(SpecError, match=message):
        classifier(**given).fit(X3, Y3)


def test_bad_predictions_are_refused():
    with pytest.raises(NotFittedError):
        classifier().predict(X3)
    model = classifier(epochs=1).fit(X3, Y3)
    with pytest.raises(DataError, match="expecting 2 features"):
        model.predict(X3[:, :1])
    with pytest.raises(DataError, match="infinity"):
        model.predict(np.full((1, 2), np.inf))
    with pytest.raises(DataError, match="in every row"):
        regressor().fit(X3, np.ones(9))
    with pytest.raises(SpecError, match="the losses are"):
        regressor(loss="focal").fit(X3, Y3)
    with pytest.raises(SpecError, match="use sample_weight"):
        classifier(class_weight="balanced").fit(X3, np.eye(9)[:, :2].astype(int))
