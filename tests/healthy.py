"""Healthy networks as people have them: fresh or trained, on zeros and kinks, in both number types.

`healthy(seed)` is the same on every machine. No verdict on one of these may be "wrong".
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import Any

import numpy as np

from chainrule import engine
from chainrule.errors import DivergedError
from chainrule.explain.check.gradient_check import GradientCheck
from chainrule.explain.check.verify import check_gradients
from chainrule.spec import OPTIMIZERS, SCHEDULES, Schedule, TrainingState
from on_zeros import problem_on_zeros
from strategies import Problem, random_problem

# How the parameters came about: drawn by a test, by `initialize`, or after so many epochs.
COURSES = ("drawn", "initialized", 20, 300, 2000)


def healthy(seed: int) -> tuple[Problem, TrainingState | None]:
    """A problem in its number type, and the state in which training left the optimizer."""
    rng = np.random.default_rng((seed, 11))
    problem = (problem_on_zeros if seed % 2 else random_problem)(seed)
    dtype = np.float32 if seed // 2 % 2 else np.float64
    course = COURSES[seed // 4 % len(COURSES)]
    problem.params = {name: w.astype(dtype) for name, w in problem.params.items()}
    if course != "drawn":
        problem.params = engine.initialize(problem.spec, seed=seed, dtype=dtype)
    n = int(rng.choice([1, 2, len(problem.X)], p=[0.1, 0.2, 0.7]))
    problem.X, problem.y = problem.X[:n], problem.y[:n]
    if problem.sample_weight is not None:
        problem.sample_weight = problem.sample_weight[:n]
    optimizer = str(rng.choice(sorted(OPTIMIZERS)))
    problem.training = replace(
        problem.training,
        optimizer=optimizer,
        learning_rate=float(rng.choice([0.001, 0.01, 0.1])),
        batch_size=[None, 1, 4][rng.integers(3)],
        weight_decay=float(rng.choice([0.0, 0.1])),
        clip_norm=[None, 0.1][int(rng.random() < 0.3)],
        schedule=Schedule(str(rng.choice(sorted(SCHEDULES)))),
    )
    if isinstance(course, str):
        return problem, None
    training = replace(problem.training, epochs=course, l1=0.0, l2=0.0, weight_decay=0.0)
    try:
        fitted = engine.fit(
            problem.spec, problem.params, problem.X, problem.y, training,
            sample_weight=problem.sample_weight,
        )  # fmt: skip
    except DivergedError:
        return problem, None
    problem.params = fitted.params
    return problem, fitted.state


def check(seed: int) -> GradientCheck:
    """The verdict on the network of this seed."""
    problem, state = healthy(seed)
    options: dict[str, Any] = problem.options
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return check_gradients(
            problem.spec, problem.params, problem.X, problem.y, problem.training,
            state=state, **options,
        )  # fmt: skip
