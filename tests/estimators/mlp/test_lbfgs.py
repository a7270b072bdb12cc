"""L-BFGS finds the minimum that the normal equations name."""

from __future__ import annotations

import numpy as np

from chainrule import engine
from chainrule.estimators.mlp.lbfgs import minimize_loss, unpacked
from chainrule.spec import Dense, Loss, NetworkSpec


def test_ridge_regression():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(40, 3)), rng.normal(size=(40, 1))
    spec = NetworkSpec(3, (Dense(1),), Loss("squared_error"))
    reports = []
    found = minimize_loss(
        spec, engine.initialize(spec, dtype="float32"), X.astype("f4"), y, 2.0, tol=1e-9,
        report=lambda iteration, loss: reports.append((iteration, loss)),
    )  # fmt: skip
    X = X.astype("f4").astype(float)
    centred, mean = X - X.mean(axis=0), y.mean()
    expected = np.linalg.solve(centred.T @ centred + 2.0 * np.eye(3), centred.T @ (y - mean))
    np.testing.assert_allclose(found.params["W1"], expected.T, rtol=1e-6)
    assert found.failure == "" and reports[-1][0] == found.n_iter
    assert reports[-1][1] <= reports[0][1]


def test_too_few_iterations_are_said():
    spec = NetworkSpec(1, (Dense(4, "tanh"), Dense(1)), Loss("squared_error"))
    X = np.linspace(-2, 2, 30)[:, None]
    params = engine.initialize(spec, seed=1, dtype="float64")
    found = minimize_loss(spec, params, X, np.sin(3 * X), 0.0, max_iter=2)
    assert found.n_iter == 2 and "ITERATIONS" in found.failure


def test_one_vector_holds_all_parameters():
    spec = NetworkSpec(2, (Dense(3), Dense(1)), Loss("squared_error"))
    params = unpacked(spec, np.arange(13.0))
    assert [array.shape for array in params.values()] == [(3, 2), (3,), (1, 3), (1,)]
    assert params["b2"] == [12.0]
