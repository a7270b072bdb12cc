"""The metric "refined" against the estimators' own computation of it in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.estimators.tabular.calibration import refined_log_loss
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec


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


def test_many_rows_share_one_temperature_of_some() -> None:
    rng = np.random.default_rng(4)
    X = rng.normal(size=(25_000, 2))
    y = (X[:, 0] + rng.normal(size=len(X)) > 0).astype(int)
    spec = NetworkSpec(2, (Dense(2, "softmax"),), Loss("cross_entropy"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    training = TrainingSpec(epochs=1, batch_size=5_000)
    keywords = {"rows": np.arange(3_000), "eval_rows": np.arange(3_000, 25_000)}
    result = engine.fit(spec, params, X, y, training, metric="refined", **keywords)
    outputs = engine.predict(spec, result.params, X[3_000:])
    expected = refined_log_loss(outputs, y[3_000:], None, False)
    assert result.history.validation_metric == pytest.approx([expected], rel=1e-6)
