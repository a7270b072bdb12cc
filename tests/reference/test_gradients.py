"""The complex step itself: on a loss whose derivative is known without any chain rule."""

from __future__ import annotations

import numpy as np
import pytest

import chainrule.reference.gradients as module
from chainrule.reference.gradients import complex_step, frozen_masks, gradients
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec, TrainingSpec
from strategies import Problem, random_problem


def test_linear_least_squares() -> None:
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(7, 3)), rng.normal(size=(7, 2))
    spec = NetworkSpec(3, (Dense(2),), Loss("squared_error"))
    params = {"W1": rng.normal(size=(2, 3)), "b1": rng.normal(size=2)}
    residual = X @ params["W1"].T + params["b1"] - y
    training = TrainingSpec(reduction="sum", l2=0.5, l1=0.25)
    grads = complex_step(spec, params, X, y, training)
    expected = residual.T @ X + 0.5 * params["W1"] + 0.25 * np.sign(params["W1"])
    np.testing.assert_allclose(grads["W1"], expected, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(grads["b1"], residual.sum(axis=0), rtol=1e-13, atol=1e-15)
    loss, _ = gradients(spec, params, X, y, training)
    penalty = 0.25 * np.abs(params["W1"]).sum() + 0.25 * (params["W1"] ** 2).sum()
    assert loss == pytest.approx(0.5 * (residual**2).sum() + penalty, rel=1e-14)


def test_the_size_of_the_stacks_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = random_problem(23)
    arguments = (problem.spec, problem.params, problem.X, problem.y, problem.training)
    together = complex_step(*arguments, **problem.options)
    monkeypatch.setattr(module, "STACK", 1)
    alone = complex_step(*arguments, **problem.options)
    for name, grad in together.items():
        np.testing.assert_allclose(grad, alone[name], rtol=1e-12, atol=1e-16)


def test_parameters_stay_as_they_are(xor: Problem) -> None:
    before = {name: w.copy() for name, w in xor.params.items()}
    complex_step(xor.spec, xor.params, xor.X, xor.y, xor.training)
    for name, w in xor.params.items():
        np.testing.assert_array_equal(w, before[name])


def test_masks_are_frozen_only_when_an_epoch_is_named() -> None:
    spec = NetworkSpec(2, (Dense(8), Dropout(0.5), Dense(1)), Loss("squared_error"))
    assert frozen_masks(spec, 3, TrainingSpec(), None) is None
    masks = frozen_masks(spec, 3, TrainingSpec(), 4)
    assert masks is not None
    assert masks[0] is None and masks[1].shape == (3, 8) and masks[2] is None
