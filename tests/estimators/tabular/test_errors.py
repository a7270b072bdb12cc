"""Errors by name against scikit-learn's metrics."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics
from sklearn.datasets import make_multilabel_classification

from chainrule.estimators.tabular.errors import class_error, number_error

RNG = np.random.default_rng(0)
N = 200
WEIGHTS = RNG.integers(1, 4, N).astype(float)


def probabilities(n_classes):
    z = np.random.default_rng(n_classes).normal(size=(N, n_classes))
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("n_classes", [2, 4])
def test_classes(n_classes, weights):
    y, proba = RNG.integers(0, n_classes, N), probabilities(n_classes)
    labels, keywords = np.arange(n_classes), {"sample_weight": weights}
    guess, positive = proba.argmax(axis=1), proba[:, 1] if n_classes == 2 else proba
    expected = {
        "log_loss": metrics.log_loss(y, proba, labels=labels, **keywords),
        "brier": metrics.brier_score_loss(y, proba, labels=labels, **keywords),
        "accuracy": 1 - metrics.accuracy_score(y, guess, **keywords),
        "balanced_accuracy": 1 - metrics.balanced_accuracy_score(y, guess, **keywords),
        "auc": 1 - metrics.roc_auc_score(y, positive, multi_class="ovr", **keywords),
    }
    for name, value in expected.items():
        assert class_error(name, y, proba, weights, False) == pytest.approx(value), name


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_several_labels(weights):
    _, y = make_multilabel_classification(N, n_classes=3, random_state=0)
    proba, keywords = RNG.random((N, 3)), {"sample_weight": weights}
    one = list(zip(y.T, proba.T, strict=True))
    expected = {
        "log_loss": sum(metrics.log_loss(t, p, **keywords) for t, p in one),
        "brier": sum(metrics.brier_score_loss(t, p, **keywords) for t, p in one),
        "accuracy": 1 - metrics.accuracy_score(y, proba > 0.5, **keywords),
        "auc": 1 - metrics.roc_auc_score(y, proba, **keywords),
    }
    for name, value in expected.items():
        assert class_error(name, y, proba, weights, True) == pytest.approx(value), name


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
@pytest.mark.parametrize("shape", [(N,), (N, 2)])
def test_numbers(shape, weights):
    y, predicted = RNG.random(shape), RNG.random(shape)
    keywords = {"sample_weight": weights}
    expected = {
        "rmse": metrics.root_mean_squared_error(y, predicted, **keywords),
        "mae": metrics.mean_absolute_error(y, predicted, **keywords),
        "r2": 1 - metrics.r2_score(y, predicted, **keywords),
        "poisson_deviance": np.mean(
            [
                metrics.mean_poisson_deviance(t, p, **keywords)
                for t, p in zip(y.reshape(N, -1).T, predicted.reshape(N, -1).T, strict=True)
            ]
        ),
    }
    for name, value in expected.items():
        assert number_error(name, y, predicted, weights, ()) == pytest.approx(value), name


@pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])
def test_quantiles(weights):
    y, predicted, quantiles = RNG.normal(size=N), RNG.normal(size=(N, 3)), (0.1, 0.5, 0.83)
    expected = [
        metrics.mean_pinball_loss(y, p, alpha=q, sample_weight=weights)
        for p, q in zip(predicted.T, quantiles, strict=True)
    ]
    found = number_error("pinball", y, predicted, weights, quantiles)
    assert found == pytest.approx(np.mean(expected))
    least = [
        min(metrics.mean_pinball_loss(y, [c] * N, alpha=q, sample_weight=weights) for c in y)
        for q in quantiles
    ]
    found = number_error("d2", y, predicted, weights, quantiles)
    assert found == pytest.approx(np.mean(np.divide(expected, least)))


def test_huber_by_hand():
    y, predicted = np.array([[0.0], [0.0]]), np.array([[0.5], [-3.0]])
    assert number_error("huber", y, predicted, None, ()) == (0.125 + 2.5) / 2
