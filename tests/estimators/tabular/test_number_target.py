"""Counts, quantiles and the range of y, up to what an estimator predicts."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import d2_pinball_score, mean_poisson_deviance
from sklearn.model_selection import GridSearchCV

from chainrule import TabularRegressor
from chainrule.errors import DataError, SpecError
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.spec import Loss


def model(**given):
    arguments = {"hidden_layer_sizes": 32, "epochs": 40, "random_state": 0}
    return TabularRegressor(**arguments | given)


def target(y, weights=None, **given):
    return NumberTarget.fit(np.asarray(y, float), weights, {"loss": None} | given)


def test_counts_are_scaled_by_their_mean():
    y, weights = np.array([0.0, 2.0, 10.0]), np.array([1.0, 3.0, 1.0])
    found = target(y, weights, loss="poisson")
    np.testing.assert_allclose(found.encode(y)[:, 0], y / 3.2)
    np.testing.assert_allclose(found.decode([np.array([[1.0]])]), [3.2])
    assert found.decode([np.array([[0.0], [np.inf]])]).tolist() == [np.finfo("f4").tiny, 10.0]


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e6])
def test_a_network_of_counts_beats_a_linear_one_in_any_unit(unit):
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(2000, 2))
    y = unit * rng.poisson(np.exp(np.sin(3 * X[:, 0]) + 1.0))
    fitted = model(loss="poisson").fit(X[:1500], y[:1500])
    predicted = fitted.predict(X[1500:])
    assert predicted.min() > 0
    assert fitted.history_.validation_metric == []  # the loss chooses the epoch
    linear = PoissonRegressor().fit(X[:1500], y[:1500]).predict(X[1500:])
    deviance = [mean_poisson_deviance(y[1500:] / unit, p / unit) for p in (predicted, linear)]
    assert deviance[0] < 0.8 * deviance[1]


def test_quantiles_are_met_and_never_cross():
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(4000, 2))
    y = X[:, 0] + np.exp(0.5 * X[:, 1]) * rng.normal(size=4000)
    quantiles = (0.05, 0.25, 0.5, 0.75, 0.95)
    fitted = model(loss="pinball", quantiles=quantiles).fit(X[:3000], y[:3000])
    predicted = fitted.predict(X)
    assert predicted.shape == (4000, 5)
    assert (np.diff(predicted, axis=1) >= 0).all()
    below = (y[3000:, np.newaxis] <= predicted[3000:]).mean(axis=0)
    np.testing.assert_allclose(below, quantiles, atol=0.05)
    far = fitted.predict(100.0 * X)  # where no row of training was, either
    assert (np.diff(far, axis=1) >= 0).all()
    scores = [d2_pinball_score(y, p, alpha=q) for p, q in zip(predicted.T, quantiles, strict=True)]
    assert fitted.score(X, y) == pytest.approx(np.mean(scores), abs=1e-4)


def test_crossing_outputs_are_rearranged():
    found = target([0.0, 10.0], loss="pinball", quantiles=[0.2, 0.8])
    assert found.loss == Loss("pinball", quantiles=(0.2, 0.8))
    outputs = [found.scale.transform(np.array([[7.0, 3.0]])), np.array([[0.0, 0.0]])]
    np.testing.assert_allclose(found.decode(outputs[:1]), [[3.0, 7.0]])
    np.testing.assert_allclose(found.decode(outputs), [[4.0, 6.0]])  # the mean of members


def test_a_row_has_the_same_bits_alone():
    found = target(np.random.default_rng(0).normal(size=30))
    outputs = np.random.default_rng(1).normal(size=(9, 30, 1)).astype("f4")
    together = found.decode(list(outputs))
    alone = [found.decode(list(outputs[:, [row]])) for row in range(30)]
    np.testing.assert_array_equal(np.concatenate(alone), together)


def test_one_quantile_is_a_vector():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    fitted = model(loss="pinball", quantiles=0.9).fit(X, X[:, 0])
    assert fitted.predict(X).shape == (300,)
    assert fitted.predict_interval(X, 0.8).shape == (300, 2)
    search = GridSearchCV(fitted, {"quantiles": [0.5, (0.1, 0.9)]}, cv=2)
    assert search.fit(X, X[:, 0]).best_score_ > 0


def test_predictions_stay_in_the_range_of_training():
    found = target([[0.0, 5.0], [1.0, -3.0], [0.5, 9.0]])
    far = np.array([[1e6, 1e6], [-1e6, -1e6]])
    np.testing.assert_array_equal(found.decode([far]), [[1.0, 9.0], [0.0, -3.0]])


@pytest.mark.parametrize("loss", ["squared_error", "huber", "poisson", "pinball"])
def test_json_gives_back_the_same_bits(loss):
    y = np.random.default_rng(0).random(9) ** 3
    found = target(y, loss=loss, quantiles=(0.1, 0.9))
    again = NumberTarget.from_json(json.loads(json.dumps(found.to_json())))
    outputs = [np.random.default_rng(1).random((4, found.n_outputs))]
    np.testing.assert_array_equal(again.decode(outputs), found.decode(outputs))
    assert again.loss == found.loss


def test_refusals():
    X = np.random.default_rng(0).normal(size=(9, 2))
    y = np.arange(9.0)
    with pytest.raises(DataError, match="y is -1 in row 0; loss='poisson' takes"):
        model(loss="poisson").fit(X, y - 1)
    fitted = model(loss="poisson", epochs=1)
    with pytest.raises(DataError, match="eval_y is -3 in row 2"):
        fitted.fit(X, y, eval_set=(X, np.where(y == 2, -3, y)))
    with pytest.raises(DataError, match="y has 2 columns; loss='pinball' takes one column"):
        model(loss="pinball").fit(X, np.column_stack([y, y]))
    for quantiles in ((), (0.5, 0.1), (0.5, 0.5), 0, 1.0, [0.1, "b"], None, [[0.1, 0.2]]):
        with pytest.raises(SpecError, match="quantiles must be a number between 0 and 1"):
            model(loss="pinball", quantiles=quantiles).fit(X, y)
    with pytest.raises(SpecError, match="the metrics are pinball, or a function"):
        model(loss="pinball", metric="rmse").fit(X, y)
    with pytest.raises(SpecError, match="the metrics are rmse, r2, mae, or a function"):
        model(metric="poisson_deviance").fit(X, y)
