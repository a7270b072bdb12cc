"""Whoever works out the equations of an explanation from the numbers shown gets those shown.

The texts are read again and worked out by `shown.py` with 60 digits.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.explain.explain import explain
from chainrule.explain.trace import StepTrace
from chainrule.spec import OPTIMIZERS, Dense, Loss, NetworkSpec, TrainingSpec
from explain.shown import adds_up, holds, shown_equations, shown_sums, work_out
from strategies import COMBINATIONS, random_problem


def trained(seed):
    """The step of a random problem, by another optimizer for each, of every second the fourth."""
    problem = random_problem(seed)
    training = TrainingSpec(
        optimizer=sorted(OPTIMIZERS)[seed % len(OPTIMIZERS)],
        learning_rate=0.05,
        reduction=problem.training.reduction,
        l1=problem.training.l1,
        l2=problem.training.l2,
        weight_decay=0.1 * (seed % 2),
        clip_norm=0.01 if seed % 3 == 0 else None,
        seed=problem.training.seed,
    )
    state, trace = None, None
    for _ in range(1 + 3 * (seed % 2)):
        trace = StepTrace(
            problem.spec, problem.params, problem.X, problem.y, training,
            sample_weight=problem.sample_weight, dropout_epoch=problem.dropout_epoch, state=state,
        )  # fmt: skip
        state = trace.state_after
        problem = replace(problem, params=trace.params_after)
    return trace


def quantities(spec, seed):
    """Five of a network, of every kind that it has."""
    rng = np.random.default_rng(seed)
    l = int(rng.integers(1, spec.n_layers + 1))
    j = int(rng.integers(spec.layer_sizes[l]))
    name, shape = list(spec.parameter_shapes.items())[seed % len(spec.parameter_shapes)]
    at = ",".join(str(int(rng.integers(n))) for n in shape)
    return [f"{name}[{at}]", f"delta{l}[{j}]", f"z{l}[{j}]", f"a{l}[{j}]", "loss"]


def check(explanation, counted):
    """Every equation and list of its two texts."""
    for full in (True, False):
        for shown in shown_equations(explanation, full):
            counted[shown.sign] = counted.get(shown.sign, 0) + 1
            if shown.sign == "=":
                assert holds(shown), (explanation.quantity, shown, work_out(shown.numbers))
    for parts, total in shown_sums(explanation):
        counted["sums"] = counted.get("sums", 0) + 1
        assert adds_up(parts, total), (explanation.quantity, parts, total)


def check_many(seeds, digits=4):
    counted = {}
    for seed in seeds:
        trace = trained(seed)
        for quantity in quantities(trace.spec, seed):
            check(explain(trace, quantity, check="none", digits=digits), counted)
    return counted


def test_what_is_shown_holds():
    counted = check_many(range(0, len(COMBINATIONS), 41))
    assert counted["="] > 300 and counted["sums"] > 20
    assert counted.get("~", 0) <= 2


@pytest.mark.parametrize("digits", [2, 3, 7])
def test_with_more_or_fewer_digits(digits):
    assert check_many(range(5, 8), digits)["="] > 50


@pytest.mark.slow
def test_what_is_shown_holds_in_three_hundred_explanations():
    counted = check_many(range(0, 2 * len(COMBINATIONS), 7))
    assert counted["="] > 5_000
    assert counted.get("~", 0) <= counted["="] / 1_000


def saturated(loss, output, y):
    """A network that is sure of itself: its deltas are what is left of 1 - 1."""
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(len(y[0]), output)), Loss(loss))
    params = engine.initialize(spec, seed=2, dtype="float64")
    params["W1"] *= 9.0
    params["W2"] *= 12.0
    X = np.random.default_rng(0).normal(size=(len(y), 3))
    classes = np.argmax(y, axis=1) if loss == "cross_entropy" else np.array(y)
    return StepTrace(spec, params, X, classes, TrainingSpec(optimizer="adam", l2=1e-4))


@pytest.mark.parametrize(
    ("loss", "output", "y"),
    [
        ("binary_cross_entropy", "sigmoid", [[1.0], [0.0], [1.0]]),
        ("cross_entropy", "softmax", np.eye(3)),
        ("squared_error", "tanh", [[1.0], [-1.0], [1.0]]),
    ],
)
def test_differences_of_numbers_near_to_each_other(loss, output, y):
    trace, counted = saturated(loss, output, y), {}
    for row in range(3):
        for quantity in ("W1[0,0]", "W2[0,1]", "b2[0]", "delta1[2]", "loss"):
            check(explain(trace, quantity, row=row, check="none"), counted)
    assert counted["="] > 100
    assert counted.get("~", 0) <= 4
