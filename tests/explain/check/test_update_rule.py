"""The update of a step against the optimizer's rule, and faults of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.check.update_rule import follows_its_rule
from chainrule.spec import OPTIMIZERS, Dense, Loss, NetworkSpec, TrainingSpec
from strategies import random_problem


def steps(optimizer, dtype="float64", **training):
    """Three steps, one after the other, with every part of an update."""
    problem = random_problem(1000)
    spec = TrainingSpec(
        optimizer=optimizer, learning_rate=0.05, l2=0.1, weight_decay=0.2,
        learning_rate_factors={"b": 0.5}, **training,
    )  # fmt: skip
    params = {name: w.astype(dtype) for name, w in problem.params.items()}
    X, state = problem.X.astype(dtype), None
    y = problem.y.astype(dtype) if problem.y.dtype.kind == "f" else problem.y
    for _ in range(3):
        seen = engine.trace(problem.spec, params, X, y, spec, state=state)
        yield seen, spec
        params, state = seen.params_after, seen.state_after


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("clip_norm", [None, 0.01])
def test_the_engine_follows_every_rule(optimizer, dtype, clip_norm):
    for seen, training in steps(optimizer, dtype, clip_norm=clip_norm):
        verdict = follows_its_rule(seen, training)
        assert verdict.verdict == "ok", verdict


def test_an_epsilon_of_zero_and_a_gradient_of_zero_say_nothing():
    spec = NetworkSpec(2, (Dense(3, "relu"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, seed=0, dtype="float64")
    params["b1"][0] = -1e3
    training = TrainingSpec(epsilon=0.0)
    seen = engine.trace(spec, params, np.ones((4, 2)), np.ones(4), training)
    assert not seen.grads["b1"][0]
    assert follows_its_rule(seen, training).verdict == "ok"


# Faults of an update -> the training that a right engine would have followed instead, or what
# happened to the recorded step.
OTHER_RULES = {
    "sgd": {"learning_rate": 0.1},
    "momentum": {"momentum": 0.8},
    "nesterov": {"optimizer": "momentum"},
    "adagrad": {"epsilon": 1e-3},
    "rmsprop": {"rho": 0.9},
    "adam": {"beta1": 0.8},
    "adamw": {"weight_decay": 0.0},
}


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
def test_another_rule_is_wrong(optimizer):
    last = list(steps(optimizer))[-1]
    other = replace(last[1], **OTHER_RULES[optimizer])
    verdict = follows_its_rule(last[0], other)
    assert verdict.verdict == "wrong"
    assert other.optimizer in verdict.sentence


def test_decay_of_biases_and_a_step_twice_as_far_are_wrong():
    seen, training = next(steps("sgd"))
    decayed = replace(training, weight_decay_factors={"b": 1.0})
    assert follows_its_rule(seen, decayed).verdict == "wrong"
    far = {name: 2 * w - seen.params_before[name] for name, w in seen.params_after.items()}
    verdict = follows_its_rule(replace(seen, params_after=far), training)
    assert verdict.verdict == "wrong"
    assert "should become" in verdict.sentence


@pytest.mark.parametrize("beta", ["beta1", "beta2"])
def test_adam_without_a_correction_is_wrong(beta):
    seen, training = next(steps("adam"))
    correction = 1.0 - training.constant(beta)
    factor = correction if beta == "beta1" else np.sqrt(1.0 / correction)
    moved = {
        name: w + factor * (seen.params_after[name] - w) for name, w in seen.params_before.items()
    }
    assert follows_its_rule(replace(seen, params_after=moved), training).verdict == "wrong"


def test_a_moment_that_is_not_kept_is_wrong():
    seen, training = list(steps("momentum"))[-1]
    seen.state_after.moments["velocity.W1"][:] = 0.0
    verdict = follows_its_rule(seen, training)
    assert verdict.verdict == "wrong"
    assert "velocity of W1" in verdict.sentence


def test_what_is_no_number_is_wrong():
    seen, training = next(steps("sgd"))
    seen.params_after["W1"][0, 0] = np.nan
    assert follows_its_rule(seen, training).verdict == "wrong"
