"""The drop-in estimators show their network: gradients checked, explained, training diagnosed."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

from chainrule import MLPClassifier, MLPRegressor

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X, Y = load_iris(return_X_y=True)
QUICK = {"hidden_layer_sizes": 8, "max_iter": 20, "random_state": 0}


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (MLPClassifier(**QUICK), np.array(["a", "b", "c"])[Y]),
        (MLPClassifier(**QUICK, dropout=0.2), Y > 1),
        (MLPClassifier(**QUICK, solver="lbfgs"), np.column_stack([Y > 0, Y > 1]).astype(int)),
        (MLPRegressor(**QUICK), X[:, 0]),
        (MLPRegressor(**QUICK, loss="poisson"), np.column_stack([Y, Y + 1])),
        (MLPRegressor(**QUICK, loss="huber", early_stopping=True), X[:, :2]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_gradients_of_a_fitted_model_are_right(model, y):
    model.fit(X, y)
    weights = np.linspace(0.5, 2, 20)
    assert model.check_gradients(X[:20], y[:20], sample_weight=weights).ok
    assert len(model.diagnose(X, y).codes) == len(model.diagnose(X, y))
    network = model.network_
    np.testing.assert_array_equal(network.weights[0], model.coefs_[0].T)
    outputs = model.predict(X) if hasattr(model, "loss") else model.predict_proba(X)
    found = network.predict(X)
    if outputs.ndim == 2 and outputs.shape[1] == 2 and found.shape[1] == 1:
        outputs = outputs[:, 1]
    np.testing.assert_array_equal(found.reshape(outputs.shape), outputs)


def test_a_rate_that_is_too_high_is_found():
    model = MLPClassifier(**QUICK, solver="sgd", learning_rate_init=5.0).fit(X * 5, Y)
    assert "rate-too-high" in model.diagnose(X * 5, Y).codes


def test_one_gradient_is_explained():
    model = MLPClassifier(**QUICK).fit(X, Y)
    assert "W1[3,2]" in str(model.network_.explain("W1[3,2]", X[:5], Y[:5]))


@pytest.mark.parametrize("loss", ["absolute_error", "huber"])
def test_losses_that_outliers_do_not_rule(loss):
    """The constant that minimises |y - a| is the median; Huber's stays near it."""
    y = np.r_[np.zeros(21), np.full(10, 100.0)]
    model = MLPRegressor(
        loss=loss, hidden_layer_sizes=(), solver="sgd", momentum=0.0, learning_rate_init=0.1,
        max_iter=400, n_iter_no_change=400, batch_size=31, alpha=0.0, random_state=0,
    )  # fmt: skip
    model.fit(np.zeros((31, 1)), y)
    assert abs(model.predict([[0.0]])[0]) < 1.0
    expected = {"absolute_error": 1000 / 31, "huber": (10 * 99.5) / 31}[loss]
    assert model.loss_ == pytest.approx(expected, rel=0.02)
