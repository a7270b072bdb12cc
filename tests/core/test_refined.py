"""The metric "refined" against its computation in NumPy, with the estimators' temperature."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.estimators.tabular.calibration import Temperature, sigmoid, softmax
from chainrule.metrics import log_loss
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

# Enough to compare epochs by: log beta to 0.002, which moves the loss by its square.
STEPS = 14
ROWS = 10_000
TINY = 1e-38


def refined_log_loss(
    outputs: np.ndarray, y: np.ndarray, weights: np.ndarray | None, multilabel: bool
) -> float:
    """The log-loss that remains after the best temperature, from the network's probabilities.

    It tells what an epoch knows apart from how sure it is, which calibration mends afterwards.
    """
    p = np.asarray(outputs, np.float64)
    z = np.log(np.maximum(p, TINY))
    if multilabel:
        z -= np.log(np.maximum(1.0 - p, TINY))
    some = slice(None, None, max(1, len(z) // ROWS))
    some_weights = None if weights is None else weights[some]
    if some_weights is not None and not some_weights.any():
        some, some_weights = slice(None), weights
    temperature = Temperature.fit(z[some], y[some], some_weights, multilabel, steps=STEPS)
    q = temperature.probabilities(z, multilabel)
    if multilabel:
        losses = -np.log(np.maximum(np.where(y > 0.5, q, 1.0 - q), TINY)).sum(axis=1)
    else:
        losses = -np.log(np.maximum(q[np.arange(len(q)), y], TINY))
    return float(np.average(losses, weights=weights))


def test_refined_log_loss_is_what_calibration_leaves():
    rng = np.random.default_rng(3)
    z = rng.normal(size=(200, 3))
    y = np.array([rng.choice(3, p=p) for p in softmax(z)])
    found = refined_log_loss(softmax(7.0 * z), y, None, False)
    calibrated = Temperature.fit(z, y, None, False).probabilities(z, False)
    assert found == pytest.approx(log_loss(y, calibrated), rel=1e-4)
    assert found == pytest.approx(refined_log_loss(softmax(0.1 * z), y, None, False), rel=1e-4)
    labels = (rng.random((200, 3)) < sigmoid(z)).astype(float)
    several = refined_log_loss(sigmoid(3.0 * z), labels, np.ones(200), True)
    assert several == pytest.approx(refined_log_loss(sigmoid(z), labels, None, True), rel=1e-4)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("multilabel", [False, True])
def test_each_epoch_is_judged_after_its_best_temperature(
    dtype: str, weighted: bool, multilabel: bool
) -> None:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(90, 4))
    if multilabel:
        y, output, loss = (X[:, :3] > 0.3).astype(float), "sigmoid", "binary_cross_entropy"
    else:
        y, output, loss = (X[:, 0] > 0).astype(int) + (X[:, 1] > 0), "softmax", "cross_entropy"
    spec = NetworkSpec(4, (Dense(9, "tanh"), Dense(3, output)), Loss(loss))
    weights = rng.random(90) if weighted else None
    if weights is not None:
        weights[::7] = 0.0
    train, held_out = np.arange(60), np.arange(60, 90)
    training = TrainingSpec(epochs=6, learning_rate=0.05, seed=1)
    seen: list[float] = []

    def metric(outputs: np.ndarray) -> float:
        held_weights = None if weights is None else weights[held_out]
        seen.append(refined_log_loss(outputs, y[held_out], held_weights, multilabel))
        return seen[-1]

    keywords = {"sample_weight": weights, "rows": train, "eval_rows": held_out}
    params = engine.initialize(spec, seed=1, dtype=dtype)
    slow = engine.fit(spec, params, X, y, training, metric=metric, **keywords)
    fast = engine.fit(spec, params, X, y, training, metric="refined", **keywords)
    assert fast.history.validation_metric == pytest.approx(seen, rel=1e-6)
    assert fast.history.best_epoch == slow.history.best_epoch


def test_labels_may_be_probabilities() -> None:
    """A label of 1/4 counts a quarter as 1 and three quarters as 0."""
    rng = np.random.default_rng(6)
    X = rng.normal(size=(80, 2))
    spec = NetworkSpec(2, (Dense(3, "sigmoid"),), Loss("binary_cross_entropy"))
    params = {"W1": rng.normal(size=(3, 2)), "b1": np.zeros(3)}
    y = np.round(4 * sigmoid(2 * X @ params["W1"].T)) / 4  # as sure as with beta = 2
    training = TrainingSpec(epochs=1, learning_rate=0.0)
    result = engine.fit(spec, params, X, y, training, eval_set=(X, y), metric="refined")
    p = engine.predict(spec, result.params, X)
    z, smoothed = np.log(p) - np.log(1.0 - p), (1 - 1 / 81) * y + 0.5 / 81
    q = {beta: sigmoid(beta * z) for beta in np.exp(np.linspace(-2, 2, 2001))}
    # The loss is convex in beta: on a fine grid the best one is near.
    best = min(
        q.values(), key=lambda q: -(smoothed * np.log(q) + (1 - smoothed) * np.log(1 - q)).sum()
    )
    loss = -(y * np.log(best) + (1 - y) * np.log(1 - best)).sum(axis=1).mean()
    assert result.history.validation_metric == pytest.approx([loss], rel=1e-4)


@pytest.mark.parametrize("weighted", [False, True])
def test_many_rows_share_one_temperature_of_some(weighted: bool) -> None:
    """Of every second row; where those weigh nothing, of all."""
    rng = np.random.default_rng(4)
    X = rng.normal(size=(25_000, 2))
    y = (X[:, 0] + rng.normal(size=len(X)) > 0).astype(int)
    spec = NetworkSpec(2, (Dense(2, "softmax"),), Loss("cross_entropy"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    training = TrainingSpec(epochs=1, batch_size=5_000)
    weights = np.arange(25_000) % 2 if weighted else np.ones(25_000)
    keywords = {"rows": np.arange(3_000), "eval_rows": np.arange(3_000, 25_000)}
    keywords["sample_weight"] = weights
    result = engine.fit(spec, params, X, y, training, metric="refined", **keywords)
    outputs = engine.predict(spec, result.params, X[3_000:])
    expected = refined_log_loss(outputs, y[3_000:], weights[3_000:].astype(float), False)
    assert result.history.validation_metric == pytest.approx([expected], rel=1e-6)


def test_the_unit_of_weights_is_of_no_account() -> None:
    rng = np.random.default_rng(8)
    X, weights = rng.normal(size=(60, 2)), rng.gamma(0.5, size=60)
    y = (X[:, 0] + rng.normal(size=60) > 0).astype(int)
    spec = NetworkSpec(2, (Dense(2, "softmax"),), Loss("cross_entropy"))
    params = {"W1": np.array([[-1.0, 0.0], [1.0, 0.0]]), "b1": np.zeros(2)}
    training = TrainingSpec(epochs=1, learning_rate=0.0)
    found = {
        engine.fit(
            spec, params, X, y, training, eval_set=(X, y), metric="refined",
            eval_sample_weight=unit * weights,
        ).history.validation_metric[0]
        for unit in (1.0, 2.0**-20, 2.0**20)
    }  # fmt: skip
    assert len(found) == 1 and found.pop() < 0.65
