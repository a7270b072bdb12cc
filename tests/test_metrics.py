"""Metrics against scikit-learn's, and the laws that they keep."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as theirs
from sklearn.datasets import make_multilabel_classification

from chainrule import Network, metrics
from chainrule.errors import DataError

RNG = np.random.default_rng(0)
N = 200
WEIGHTS = RNG.integers(1, 4, N).astype(float)
weighted = pytest.mark.parametrize("weights", [None, WEIGHTS], ids=["plain", "weighted"])


def probabilities(n_classes):
    z = np.random.default_rng(n_classes).normal(size=(N, n_classes))
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)


@weighted
@pytest.mark.parametrize("n_classes", [2, 4])
def test_classes(n_classes, weights):
    y, proba = RNG.integers(0, n_classes, N), probabilities(n_classes)
    labels, keywords = np.arange(n_classes), {"sample_weight": weights}
    guess, positive = proba.argmax(axis=1), proba[:, 1] if n_classes == 2 else proba
    expected = {
        "log_loss": theirs.log_loss(y, proba, labels=labels, **keywords),
        "brier": theirs.brier_score_loss(y, proba, labels=labels, **keywords),
        "accuracy": theirs.accuracy_score(y, guess, **keywords),
        "balanced_error": 1 - theirs.balanced_accuracy_score(y, guess, **keywords),
        "auc": theirs.roc_auc_score(y, positive, multi_class="ovr", **keywords),
        "balanced_accuracy": theirs.balanced_accuracy_score(y, guess, **keywords),
        "average_precision": theirs.average_precision_score(y, positive, **keywords),
    }
    average = {"average": "binary" if n_classes == 2 else "macro"}
    for name in ("f1", "precision", "recall"):
        theirs_of = getattr(theirs, f"{name}_score")
        expected[name] = theirs_of(y, guess, zero_division=0, **average, **keywords)
    counts = metrics.confusion(y, proba, weights)
    np.testing.assert_allclose(counts, theirs.confusion_matrix(y, guess, **keywords))
    for name, value in expected.items():
        assert getattr(metrics, name)(y, proba, weights) == pytest.approx(value), name


@weighted
def test_several_labels(weights):
    _, y = make_multilabel_classification(N, n_classes=3, random_state=0)
    proba, keywords = RNG.random((N, 3)), {"sample_weight": weights}
    one = list(zip(y.T, proba.T, strict=True))
    expected = {
        "log_loss": sum(theirs.log_loss(t, p, **keywords) for t, p in one),
        "brier": sum(theirs.brier_score_loss(t, p, **keywords) for t, p in one),
        "accuracy": theirs.accuracy_score(y, proba > 0.5, **keywords),
        "auc": theirs.roc_auc_score(y, proba, **keywords),
        "average_precision": theirs.average_precision_score(y, proba, **keywords),
        "f1": theirs.f1_score(y, proba > 0.5, average="macro", **keywords),
        "recall": theirs.recall_score(y, proba > 0.5, average="macro", **keywords),
    }
    for name, value in expected.items():
        assert getattr(metrics, name)(y, proba, weights) == pytest.approx(value), name


def test_equal_scores_enter_precision_together():
    y, score = RNG.integers(0, 2, N), RNG.integers(0, 5, N) / 5
    proba = np.column_stack([1 - score, score])
    assert metrics.average_precision(y, proba) == pytest.approx(
        theirs.average_precision_score(y, score)
    )
    assert np.isnan(metrics.average_precision(np.zeros(N, int), proba))


def test_a_class_that_is_never_answered_has_precision_0():
    found = metrics.of_each_class(np.array([0, 1, 1]), np.array([[0.9, 0.1]] * 3))
    assert found["precision"].tolist() == [1 / 3, 0.0]
    assert found["recall"].tolist() == [1.0, 0.0]
    assert found["rows"].tolist() == [1.0, 2.0]


def test_the_share_of_a_zero_is_not_known():
    assert metrics.mape(np.array([1.0, -2.0]), np.array([2.0, -1.0])) == 0.75
    assert np.isnan(metrics.mape(np.array([1.0, 0.0]), np.array([1.0, 0.0])))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("loss", ["cross_entropy", "binary_cross_entropy"])
def test_the_log_loss_of_sure_answers_is_the_loss_of_training(dtype, loss):
    """Rows far out are answered with probabilities below the machine epsilon, many wrong."""
    rng = np.random.default_rng(0)
    network = Network([3, 8, 3], activation="tanh", loss=loss, dtype=dtype, random_state=0)
    network.params = {**network.params, "W2": 20.0 * network.params["W2"]}
    X = 30.0 * rng.normal(size=(200, 3))
    proba = network.predict(X)
    y: np.ndarray = rng.integers(0, 3, 200)
    if loss == "binary_cross_entropy":  # of a wrong label 1 - p is lost, of a missed one p is not
        y = (proba > 0.5).astype(dtype)
        y[:, 0] = 1.0
    assert proba.min() < 1e-17
    assert metrics.log_loss(y, proba) == pytest.approx(network.loss(X, y), rel=1e-5)


def test_a_certain_answer_that_is_wrong_is_finite():
    y = np.array([0, 1])
    assert metrics.log_loss(y, np.array([[0.0, 1.0], [0.0, 1.0]])) == pytest.approx(354.198, 1e-5)
    labels = np.array([[1.0], [0.0]]), np.array([[1.0], [1.0]], np.float32)
    assert metrics.log_loss(*labels) == pytest.approx(-np.log(2.0**-24) / 2, rel=1e-6)


@weighted
def test_equal_scores_count_by_half(weights):
    y, score = RNG.integers(0, 2, N), RNG.integers(0, 5, N).astype(float)
    expected = theirs.roc_auc_score(y, score, sample_weight=weights)
    assert metrics.auc(y, score, weights) == pytest.approx(expected)


def test_the_area_needs_rows_of_both_kinds():
    assert np.isnan(metrics.auc(np.ones(4), np.arange(4.0)))
    y, proba = np.array([0, 1, 0, 1]), np.full((4, 3), 1 / 3)
    assert metrics.auc(y, proba) == 0.5  # of the two classes that there are


@weighted
@pytest.mark.parametrize("shape", [(N,), (N, 2)])
def test_numbers(shape, weights):
    y, predicted = RNG.random(shape), RNG.random(shape)
    y.reshape(N, -1)[:9] = 0.0
    keywords = {"sample_weight": weights}
    expected = {
        "rmse": theirs.root_mean_squared_error(y, predicted, **keywords),
        "mae": theirs.mean_absolute_error(y, predicted, **keywords),
        "r2": theirs.r2_score(y, predicted, **keywords),
        "poisson_deviance": np.mean(
            [
                theirs.mean_poisson_deviance(t, p, **keywords)
                for t, p in zip(y.reshape(N, -1).T, predicted.reshape(N, -1).T, strict=True)
            ]
        ),
    }
    for name, value in expected.items():
        assert getattr(metrics, name)(y, predicted, weights) == pytest.approx(value), name


def test_r2_of_constant_outputs_and_of_one_row():
    y, a, s = RNG.normal(size=(9, 3)), RNG.normal(size=(9, 3)), RNG.random(9)
    y[:, 1] = a[:, 1] = y[:, 2] = 2.0
    for weights in (None, s):
        expected = theirs.r2_score(y, a, sample_weight=weights)
        assert metrics.r2(y, a, weights) == pytest.approx(expected)
    assert np.isnan(metrics.r2(y[:1], a[:1]))


@weighted
def test_quantiles(weights):
    y, predicted, levels = RNG.normal(size=N), RNG.normal(size=(N, 3)), (0.1, 0.5, 0.83)
    expected = [
        theirs.mean_pinball_loss(y, p, alpha=q, sample_weight=weights)
        for p, q in zip(predicted.T, levels, strict=True)
    ]
    found = metrics.quantile_loss(y, predicted, levels, weights)
    assert found == pytest.approx(np.mean(expected))
    least = [
        min(theirs.mean_pinball_loss(y, [c] * N, alpha=q, sample_weight=weights) for c in y)
        for q in levels
    ]
    found = metrics.quantile_d2(y, predicted, levels, weights)
    assert found == pytest.approx(1 - np.mean(np.divide(expected, least)))


def test_huber_by_hand():
    y, predicted = np.array([[0.0], [0.0]]), np.array([[0.5], [-3.0]])
    assert metrics.huber(y, predicted) == (0.125 + 2.5) / 2


def test_a_row_of_weight_k_is_k_rows():
    copies = np.repeat(np.arange(N), WEIGHTS.astype(int))
    y, proba = RNG.integers(0, 3, N), probabilities(3)
    for name in ("log_loss", "brier", "accuracy", "balanced_error", "auc"):
        metric = getattr(metrics, name)
        assert metric(y, proba, WEIGHTS) == pytest.approx(metric(y[copies], proba[copies])), name
    y, a = RNG.random((N, 2)), RNG.random((N, 2))
    for name in ("rmse", "mae", "r2", "huber", "poisson_deviance"):
        metric = getattr(metrics, name)
        assert metric(y, a, WEIGHTS) == pytest.approx(metric(y[copies], a[copies])), name
    y, levels = y[:, 0], (0.2, 0.7)
    for metric in (metrics.quantile_loss, metrics.quantile_d2):
        expected = metric(y[copies], a[copies], levels)
        assert metric(y, a, levels, WEIGHTS) == pytest.approx(expected)


@pytest.mark.parametrize(
    "metric",
    [
        metrics.rmse,
        metrics.mae,
        metrics.huber,
        metrics.poisson_deviance,
        metrics.brier,
        metrics.log_loss,
    ],
)
@pytest.mark.parametrize("weighted", [False, True])
def test_means_over_many_rows_of_float32_keep_their_digits(metric, weighted):
    """Rows alike: the mean is that of one."""
    n = 100_000
    truth, answers = np.full((n, 2), 0.3, np.float32), np.full((n, 2), 0.7, np.float32)
    weights = np.full(n, 0.1, np.float32) if weighted else None
    one = metric(truth[:1].astype(float), answers[:1].astype(float))
    assert metric(truth, answers, weights) == pytest.approx(one, rel=1e-6)


TWO = np.array([[0.8, 0.2], [0.3, 0.7], [0.6, 0.4]])
WRONG = {
    "other lengths": (metrics.accuracy, ([0, 1], TWO), "truth has 2 rows, but proba has 3"),
    "a class beyond": (metrics.log_loss, ([0, 1, 2], TWO), "truth holds class 2 at row 2; proba"),
    "a class below": (metrics.confusion, ([0, -1, 1], TWO), "class -1 at row 1"),
    "no whole class": (metrics.f1, ([0, 0.5, 1], TWO), "truth must hold whole numbers"),
    "names": (metrics.auc, (["a", "b", "a"], TWO), "truth must hold whole numbers"),
    "one column": (metrics.brier, ([0, 1, 1], TWO[:, 1]), r"proba must have shape .* found \(3,\)"),
    "logits": (metrics.log_loss, ([0, 1, 1], 3 * TWO), "proba must lie between 0 and 1, found 2.4"),
    "labels": (metrics.balanced_error, (TWO > 0.5, TWO), r"truth must have shape \(n_samples,\)"),
    "nan": (metrics.accuracy, ([0, 1, 1], TWO * [[1], [np.nan], [1]]), "proba holds nan at row 1"),
    "two outputs": (metrics.rmse, ([1, 2, 3], TWO), r"truth has shape \(3,\), but predicted"),
    "no rows": (metrics.mae, ([], []), "truth is empty"),
    "dates": (metrics.r2, (np.array(["2020-01-01"], "M8[D]"), [1.0]), "must hold real numbers"),
    "complex": (metrics.huber, ([1.0], [1j]), "predicted must hold real numbers, found complex128"),
    "negative counts": (metrics.poisson_deviance, ([1.0], [-1.0]), "must not be negative"),
    "weights": (metrics.mape, ([1.0, 2.0], [1.0, 2.0], [1.0]), r"weights must have shape \(2,\)"),
    "a negative weight": (metrics.rmse, ([1.0, 2.0], [1.0, 2.0], [1, -1]), "-1.0 at row 1"),
    "no weight": (metrics.auc, ([0, 1], [0.2, 0.3], [0, 0]), "weights is zero for every row"),
    "levels": (metrics.quantile_loss, ([1.0], [[1.0, 2.0]], [0.5]), "2 columns, but there are 1"),
    "no level": (metrics.quantile_d2, ([1.0], [[1.0]], [1.0]), "levels must lie between 0 and 1"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_is_named(case):
    metric, given, words = WRONG[case]
    with pytest.raises(DataError, match=words):
        metric(*given)


def test_the_forms_in_which_people_have_answers():
    y, answers = [1.0, 2.0, 4.0], [[1.5], [2.0], [3.0]]  # as Network.predict gives them
    assert metrics.mae(y, answers) == metrics.mae(np.array(y), np.array(answers).ravel()) == 0.5
    small = np.array([0, 200], np.uint8), np.array([1, 100], np.uint8)
    assert metrics.mae(*small) == 50.5  # not 255
    many = np.zeros((100, 120))
    many[np.arange(100), np.arange(100)] = 1
    assert metrics.accuracy(np.arange(100, dtype=np.int8), many) == 1.0
    assert np.trace(metrics.confusion(np.arange(100, dtype=np.int8), many)) == 100
    for truth in ([0, 1, 0], [False, True, False], [0.0, 1.0, 0.0], pd.Series([0, 1, 0])):
        assert metrics.log_loss(truth, TWO.tolist()) == metrics.log_loss(np.array([0, 1, 0]), TWO)


def test_the_deviance_of_a_count_that_was_thought_impossible():
    assert metrics.poisson_deviance([0.0, 1.0], [0.0, 1.0]) == 0.0
    assert metrics.poisson_deviance([1.0], [0.0]) == np.inf
