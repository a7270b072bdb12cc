"""Losses and metrics of the validation rows, over several blocks of them, against NumPy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

RNG = np.random.default_rng(5)
N = 250  # three blocks of 120, the last one not full
X = RNG.normal(size=(N, 3))
WEIGHTS = RNG.uniform(0.0, 2.0, N)


def _wrong_classes(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(a.argmax(axis=1) != y, dtype=np.float64)


def _wrong_labels(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(((a > 0.5) != (y > 0.5)).mean(axis=1))


def _squares(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(((a - y) ** 2).mean(axis=1))


def _distances(a: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.asarray(np.abs(a - y).mean(axis=1))


# Metric -> (loss, output activation, targets, contribution of each row).
CASES: dict[str, tuple[str, str, np.ndarray, Any]] = {
    "error": ("cross_entropy", "softmax", RNG.integers(0, 3, N), _wrong_classes),
    "error of labels": (
        "binary_cross_entropy", "sigmoid", RNG.integers(0, 2, (N, 3)).astype(float), _wrong_labels
    ),
    "rmse": ("squared_error", "identity", RNG.normal(size=(N, 3)), _squares),
    "mae": ("squared_error", "identity", RNG.normal(size=(N, 3)), _distances),
    "rmse of whole rows": ("squared_error", "identity", RNG.normal(size=(N, 8)), _squares),
    "error of as many labels": (
        "binary_cross_entropy", "sigmoid", RNG.integers(0, 2, (N, 8)).astype(float), _wrong_labels
    ),
}  # fmt: skip


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("n_threads", [1, 2])
@pytest.mark.parametrize("name", CASES)
def test_metrics_are_numpys(name: str, n_threads: int, weighted: bool) -> None:
    loss, activation, y, contribution = CASES[name]
    n_outputs = y.shape[1] if y.ndim == 2 else 3
    spec = NetworkSpec(3, (Dense(5, "tanh"), Dense(n_outputs, activation)), Loss(loss))
    params = engine.initialize(spec, seed=2, dtype="float64")
    weights = WEIGHTS if weighted else np.ones(N)
    result = engine.fit(
        spec,
        params,
        X[:20],
        y[:20],
        TrainingSpec(epochs=1, n_threads=n_threads),
        eval_set=(X, y),
        eval_sample_weight=weights if weighted else None,
        metric=name.partition(" ")[0],
    )
    outputs = engine.predict(spec, result.params, X)
    expected = np.average(contribution(outputs, y), weights=weights)
    expected = np.sqrt(expected) if name.startswith("rmse") else expected
    assert result.history.validation_metric == pytest.approx([expected], rel=1e-12)
    seen = engine.trace(spec, result.params, X, y, sample_weight=weights)
    assert result.history.validation_loss == pytest.approx([seen.data_loss], rel=1e-12)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_loss_is_reduced_as_in_training(reduction: str) -> None:
    spec = NetworkSpec(3, (Dense(2),), Loss("squared_error"))
    params, y = engine.initialize(spec, dtype="float64"), RNG.normal(size=(N, 2))
    training = TrainingSpec(epochs=1, learning_rate=0.0, batch_size=None, reduction=reduction)
    history = engine.fit(spec, params, X, y, training, eval_set=(X, y)).history
    assert history.validation_loss == pytest.approx(history.loss, rel=1e-12)
    assert (history.loss[0] > 100) == (reduction == "sum")


def test_patience_of_one_epoch() -> None:
    """The first epoch that is no better ends the training; without patience none does."""
    spec = NetworkSpec(3, (Dense(1),), Loss("squared_error"))
    params, y = engine.initialize(spec), RNG.normal(size=(N, 1))
    for patience, epochs in ((1, 2), (3, 4), (None, 6)):
        training = TrainingSpec(epochs=6, learning_rate=0.0, patience=patience)
        history = engine.fit(spec, params, X, y, training, eval_set=(X, y)).history
        assert len(history.loss) == epochs
        assert history.stop_reason == ("epochs" if patience is None else "patience")


def test_differences_of_every_parameter_are_the_gradients() -> None:
    """150 parameters: more than the one that is made before the caller is first asked."""
    spec = NetworkSpec(3, (Dense(20, "tanh"), Dense(4)), Loss("squared_error"))
    params, y = engine.initialize(spec, dtype="float64"), RNG.normal(size=(N, 4))
    gradients = engine.trace(spec, params, X, y).grads
    for n_threads in (1, 2):
        found = engine.numeric_gradients(spec, params, X, y, TrainingSpec(n_threads=n_threads))
        for name, slope in found.items():
            np.testing.assert_allclose(
                slope, gradients[name].ravel(), rtol=1e-6, atol=1e-8, err_msg=name
            )


def test_a_schedule_stands_where_it_would_stand_in_one_go() -> None:
    """The steps of earlier calls count, whole batches and the last short one."""
    spec = NetworkSpec(3, (Dense(2),), Loss("squared_error"))
    params, y = engine.initialize(spec, dtype="float64"), RNG.normal(size=(N, 2))
    for schedule in ("cosine", "flat_cos", "coslog4"):
        training = TrainingSpec("sgd", epochs=4, batch_size=60, schedule=schedule, shuffle=False)
        whole = engine.fit(spec, params, X, y, training)
        first = engine.fit(spec, params, X, y, training, callback=lambda e, h: e == 1)
        rest = engine.fit(
            spec, first.params, X, y, training, state=first.state, first_epoch=2,
            past=first.history,
        )  # fmt: skip
        np.testing.assert_array_equal(rest.params["W1"], whole.params["W1"])


def test_an_epoch_that_is_better_begins_the_patience_anew() -> None:
    spec = NetworkSpec(3, (Dense(1),), Loss("squared_error"))
    params, y = engine.initialize(spec), RNG.normal(size=(N, 1))
    scores = iter([1.0, 2.0, 0.5, 2.0, 2.0, 2.0, 2.0])
    training = TrainingSpec(epochs=7, patience=2)
    history = engine.fit(
        spec, params, X, y, training, eval_set=(X, y), metric=lambda outputs: next(scores)
    ).history
    assert history.validation_metric == [1.0, 2.0, 0.5, 2.0, 2.0]
    assert history.best_epoch == 2


def test_whoever_asks_gets_the_outputs_and_scores_of_each_epoch() -> None:
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(2)), Loss("squared_error"))
    params, y = engine.initialize(spec, dtype="float64"), RNG.normal(size=(N, 2))
    training, rows = TrainingSpec(epochs=3, batch_size=50), (X[:130], y[:130])
    seen: list[np.ndarray] = []
    told: list[tuple[int, list[float], list[float]]] = []

    def callback(epoch: int, history: Any) -> None:
        told.append((epoch, list(history.validation_loss), list(history.validation_metric)))

    options = {"eval_set": rows, "metric": "mae", "callback": callback}
    history = engine.fit(spec, params, X, y, training, outputs=seen.append, **options).history
    assert [len(outputs) for outputs in seen] == [130] * 3
    for epoch, outputs in enumerate(seen):
        made = engine.fit(spec, params, X, y, replace(training, epochs=epoch + 1)).params
        np.testing.assert_array_equal(outputs, engine.predict(spec, made, rows[0]))
        assert told[epoch] == (
            epoch, history.validation_loss[: epoch + 1], history.validation_metric[: epoch + 1]
        )  # fmt: skip


def test_a_label_of_one_half_is_none() -> None:
    """Nor is a prediction of one half one, which the untrained network makes of every row."""
    spec = NetworkSpec(3, (Dense(1, "sigmoid"),), Loss("binary_cross_entropy"))
    params = {"W1": np.zeros((1, 3)), "b1": np.zeros(1)}
    training = TrainingSpec(epochs=1, learning_rate=0.0)
    y = np.array([0.0, 1.0, 0.5, 0.75, 0.0, 1.0, 1.0])
    history = engine.fit(
        spec, params, X[:7], y, training, eval_set=(X[:7], y), metric="error"
    ).history
    assert history.validation_metric == [4 / 7]


def test_one_row_with_one_output_is_enough_to_judge_by() -> None:
    spec = NetworkSpec(3, (Dense(1),), Loss("squared_error"))
    params, y = engine.initialize(spec, dtype="float64"), RNG.normal(size=(N, 1))
    options = {"eval_set": (X[:1], y[:1]), "metric": lambda outputs: float(outputs[0, 0])}
    result = engine.fit(spec, params, X, y, TrainingSpec(epochs=1), **options)
    made = engine.predict(spec, result.params, X[:1])
    assert result.history.validation_metric == [made[0, 0]]


def test_a_plateau_is_one_of_the_validation_rows() -> None:
    """The rates of a caller who watches them, to the bit."""
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(2)), Loss("squared_error"))
    params, y = engine.initialize(spec, dtype="float64"), RNG.normal(size=(N, 2))
    options = {"eval_set": (X, engine.predict(spec, params, X))}  # whose loss rises
    plateau = {"name": "plateau", "factor": 0.5, "patience": 2, "floor": 0.1}
    training = TrainingSpec(epochs=12, batch_size=50)
    found = engine.fit(spec, params, X, y, replace(training, schedule=plateau), **options)
    best, waited, factor = np.inf, 0, 1.0

    def callback(epoch: int, history: Any) -> float:
        nonlocal best, waited, factor
        waited += 1
        if history.validation_loss[-1] < best:
            best, waited = history.validation_loss[-1], 0
        elif waited == 2:
            waited, factor = 0, max(0.1, 0.5 * factor)
        return factor

    expected = engine.fit(spec, params, X, y, training, callback=callback, **options)
    assert factor == 0.1
    assert found.history.loss == expected.history.loss
    assert found.history.validation_loss == expected.history.validation_loss


@pytest.mark.parametrize("n_classes", [3, 8, 20])
def test_classes_of_earlier_batches_leave_nothing_behind(n_classes: int) -> None:
    """Class numbers and rows of probabilities 0 and 1 train the same bits."""
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(n_classes, "softmax")), Loss("cross_entropy"))
    params, classes = engine.initialize(spec, dtype="float64"), RNG.integers(0, n_classes, N)
    training = TrainingSpec(epochs=3, batch_size=40)
    by_number = engine.fit(spec, params, X, classes, training).params
    by_row = engine.fit(spec, params, X, np.eye(n_classes)[classes], training).params
    for name, array in by_number.items():
        np.testing.assert_array_equal(array, by_row[name], err_msg=name)
