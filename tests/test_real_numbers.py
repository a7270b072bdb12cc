"""What is no number is refused by place in every door for arrays, whatever NumPy makes of it."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from chainrule import MLPClassifier, MLPRegressor, Network
from chainrule.errors import DataError

N = 12
X = np.random.default_rng(0).normal(size=(N, 2))
Y = X[:, 0] * 2.0


def at(place: Any, value: Any, array: np.ndarray = X) -> np.ndarray:
    changed = array.astype(object)
    changed[place] = value
    return changed


def masked(place: Any, array: np.ndarray = X) -> np.ma.MaskedArray[Any, Any]:
    hidden = np.ma.masked_array(array, mask=np.zeros(array.shape, bool))
    hidden[place] = np.ma.masked
    return hidden


WRONG = {
    "masked": (masked((3, 1)), "X is masked at row 3, column 1"),
    "masked in float32": (masked((3, 1), X.astype(np.float32)), "X is masked at row 3, column 1"),
    "a masked object": (at((2, 0), np.ma.masked), "X holds a masked value at row 2, column 0"),
    "400 digits": (at((2, 0), 10**400), "a whole number of 401 digits at row 2, column 0"),
    "an underscore": (at((2, 0), "1_0"), "the text '1_0' at row 2, column 0"),
    "text": (np.full((N, 2), "1_0"), "the text '1_0' at row 0, column 0"),
    "dates": (np.full((N, 2), np.datetime64("NaT", "ns")), "found datetime64.* days or seconds"),
    "durations": (np.full((N, 2), np.timedelta64(3, "s")), "found timedelta64"),
    "a date": (at((1, 1), datetime.date(2020, 1, 2)), "found 2020-01-02 at row 1, column 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_features(name: str) -> None:
    given, words = WRONG[name]
    net = Network([2, 1])
    calls: list[Any] = [
        lambda: net.fit(given, Y, epochs=1),
        lambda: net.predict(given),
        lambda: net.loss(given, Y),
        lambda: MLPRegressor(max_iter=1).fit(given, Y),
        lambda: MLPClassifier(max_iter=1).fit(given, Y > 0),
    ]
    for call in calls:
        with pytest.raises(DataError, match=words):
            call()


@pytest.mark.parametrize("name", WRONG)
def test_targets(name: str) -> None:
    given, words = WRONG[name]
    words = words.replace("X ", "y ").replace(", column 0", "").replace(", column 1", "")
    for fit in (Network([2, 1]).fit, MLPRegressor(max_iter=1).fit):
        with pytest.raises(DataError, match=words):
            fit(X, given[:, int("column 1" in WRONG[name][1])])


def test_labels_may_say_anything_but_nothing() -> None:
    labels = np.where(Y > 0, "a_1", "b_2").astype(object)
    MLPClassifier(max_iter=1).fit(X, labels)
    with pytest.raises(DataError, match="y is masked at row 4"):
        MLPClassifier(max_iter=1).fit(X, masked(4, Y > 0))


def test_weights() -> None:
    weights = masked(5, np.ones(N))
    for fit in (Network([2, 1]).fit, MLPRegressor(max_iter=1).fit):
        with pytest.raises(DataError, match="sample_weight is masked at row 5"):
            fit(X, Y, sample_weight=weights)


def test_a_mask_that_hides_nothing_is_none() -> None:
    plain, hiding_nothing = Network([2, 1]), Network([2, 1])
    plain.fit(X, Y, epochs=1)
    hiding_nothing.fit(np.ma.masked_array(X), Y, epochs=1)
    np.testing.assert_array_equal(plain.params["W1"], hiding_nothing.params["W1"])


def test_a_column_of_a_frame_is_named() -> None:
    frame = pd.DataFrame({"size": X[:, 0], "day": pd.Timestamp("2020-01-01")})
    with pytest.raises(DataError, match="column 'day' of X must hold real numbers"):
        MLPRegressor(max_iter=1).fit(frame, Y)


def test_a_view_of_very_many_rows_is_refused_at_once() -> None:
    endless = np.broadcast_to(np.float64(0.5), 1 << 40)
    for model in (MLPRegressor(max_iter=1), MLPClassifier(max_iter=1)):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            model.fit(X, endless)
