"""scikit-learn's penalty of a batch and place of Adam's epsilon, against the reference."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.reference.fit import fit
from chainrule.reference.gradients import complex_step, gradients
from chainrule.spec import TrainingSpec
from comparing import normwise
from strategies import random_problem


@pytest.mark.parametrize("seed", range(8))
def test_epochs_are_the_references(seed: int) -> None:
    problem = random_problem(seed)
    training = replace(
        problem.training,
        optimizer=["adam", "nesterov"][seed % 2],
        reduction="mean",
        learning_rate=3e-3,
        epochs=5,
        batch_size=[4, None, 3, 5][seed % 4],
        l1=[0.0, 0.02][seed // 2 % 2],
        l2=0.3,
        penalty_per_batch=True,
        epsilon=1e-3,
        epsilon_hat=True,
    )
    arguments = (problem.spec, problem.params, problem.X, problem.y, training)
    expected, _, history = fit(*arguments, sample_weight=problem.sample_weight)
    result = engine.fit(*arguments, sample_weight=problem.sample_weight)
    assert normwise(result.params, expected) <= 1e-12
    np.testing.assert_allclose(result.history.loss, history.loss, rtol=1e-12)
    np.testing.assert_allclose(result.history.penalty, history.penalty, rtol=1e-12)


def test_gradients_of_a_weighted_batch() -> None:
    problem = random_problem(3)
    weights = np.random.default_rng(0).random(len(problem.X)) + 0.5
    training = TrainingSpec(l1=0.1, l2=2.0, penalty_per_batch=True)
    arguments = (problem.spec, problem.params, problem.X, problem.y, training)
    exact = complex_step(*arguments, sample_weight=weights)
    for loss, grads in (
        gradients(*arguments, sample_weight=weights),
        engine.gradients(*arguments, sample_weight=weights),
    ):
        assert normwise(grads, exact) <= 1e-12
        assert loss == pytest.approx(gradients(*arguments, sample_weight=weights)[0], rel=1e-13)
    numeric = engine.numeric_gradients(*arguments, sample_weight=weights)
    assert normwise({k: numeric[k].reshape(exact[k].shape) for k in exact}, exact) <= 1e-6


def test_a_number_from_the_callback_scales_the_learning_rate() -> None:
    problem = random_problem(5)
    training = TrainingSpec("sgd", 0.1, epochs=2, batch_size=None)
    arguments = (problem.spec, problem.params, problem.X, problem.y)
    first = engine.fit(*arguments, replace(training, epochs=1))
    slower = replace(training, epochs=1, learning_rate=0.025)
    expected = engine.fit(problem.spec, first.params, problem.X, problem.y, slower)
    result = engine.fit(*arguments, training, callback=lambda epoch, history: 0.25)
    assert normwise(result.params, expected.params) <= 1e-14


def test_a_sum_has_no_batch_to_divide_by() -> None:
    with pytest.raises(SpecError, match="reduction"):
        TrainingSpec(reduction="sum", penalty_per_batch=True)
