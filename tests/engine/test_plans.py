"""Specs as the core reads them: one class a layer kind, every code by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from chainrule import _core, engine
from chainrule.engine.plans import METRICS, metric_name, network_plan, thread_count, training_plan
from chainrule.errors import SpecError
from chainrule.spec import (
    ACTIVATIONS,
    KINDS,
    LOSSES,
    OPTIMIZERS,
    SCHEDULES,
    Dense,
    Loss,
    NetworkSpec,
    Schedule,
    TrainingSpec,
)
from kinds import examples, network_with
from strategies import random_problem

SPEC = NetworkSpec(3, (Dense(4, "tanh"), Dense(2)), Loss("squared_error"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_a_class_of_the_same_name_in_the_core(kind: str) -> None:
    assert issubclass(getattr(_core, KINDS[kind].__name__), _core.LayerPlan)
    for layer in examples(kind):
        spec = network_with(layer)
        assert network_plan(spec).parameters == list(spec.parameters), layer


def test_parameters_are_called_alike_in_random_networks() -> None:
    for seed in range(400):
        spec = random_problem(seed).spec
        assert network_plan(spec).parameters == list(spec.parameters), spec


def test_every_number_of_a_training_arrives() -> None:
    training = TrainingSpec(
        "adam",
        0.3,
        epochs=7,
        batch_size=11,
        reduction="sum",
        l1=0.1,
        l2=0.2,
        weight_decay=0.4,
        clip_norm=5.0,
        patience=3,
        tol=0.6,
        time_limit=8.0,
        shuffle=False,
        seed=2**63 + 1,
        n_threads=3,
        beta1=0.7,
        beta2=0.8,
        epsilon=0.9,
    )
    plan = training_plan(SPEC, training)
    assert not plan.mean
    for name in (
        "learning_rate", "epochs", "batch_size", "l1", "l2", "weight_decay", "clip_norm",
        "patience", "tol", "time_limit", "shuffle", "seed", "n_threads", "beta1", "beta2",
        "epsilon",
    ):  # fmt: skip
        assert getattr(plan, name) == getattr(training, name), name
    assert len(plan.groups) == len(SPEC.parameters)


def test_none_becomes_nothing_or_a_choice() -> None:
    plan = training_plan(SPEC, TrainingSpec(batch_size=None, clip_norm=None, patience=None))
    assert (plan.batch_size, plan.clip_norm, plan.patience, plan.n_threads) == (0, 0.0, 0, 0)
    assert [thread_count(n) for n in (None, 4, 10**9)] == [0, 4, 256]


def test_the_closed_sets_are_the_cores() -> None:
    """Every name of a spec is one that the core knows."""
    for name in ACTIVATIONS:
        _core.Activation(function=name, parametric=False)
    for name, row in LOSSES.items():
        loss = Loss.of(name, {"quantiles": (0.2, 0.7), "huber_delta": 1.0})
        network_plan(NetworkSpec(3, (Dense(2, row.activations[0]),), loss))
    for name in OPTIMIZERS:
        _core.TrainingPlan(name)
    for name in SCHEDULES:
        training_plan(SPEC, TrainingSpec(schedule=Schedule(name, {})))
    assert [metric_name(name) for name in METRICS] == list(METRICS)
    assert metric_name(lambda outputs: 0.0) == "callback"
    with pytest.raises(SpecError, match="unknown metric 'auc'; it is one of loss, error"):
        metric_name("auc")


def network(layers: list[Any], loss: str, n_features: int = 1) -> _core.NetworkPlan:
    return _core.NetworkPlan(
        n_features=n_features, layers=layers, n_outputs=1, loss=loss, huber_delta=1.0, quantiles=[]
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: _core.Activation(function="sine", parametric=False),
            "unknown activation 'sine'; known: identity, .*mish",
        ),
        (lambda: network([_core.Dense(1, False)], "mse"), "unknown loss 'mse'; known: .*huber"),
        (lambda: _core.TrainingPlan("lbfgs"), "unknown optimizer 'lbfgs'; known: sgd, .*adamw"),
        (lambda: _core.SchedulePlan("linear"), "unknown schedule 'linear'; known: constant, step"),
        (
            lambda: _core.evaluate("sin", np.zeros(1), np.zeros(1)),
            "unknown function 'sin'; known: exp, .*cos2pi",
        ),
        (
            lambda: _core.initialize("cauchy", 1.0, 0, 1, np.zeros((1, 1))),
            "unknown distribution 'cauchy'; known: uniform, normal",
        ),
        (
            lambda: _core.permutation(3, 0, "noise", 0),
            "unknown stream 'noise'; known: init, shuffle, split, dropout",
        ),
        (lambda: network([], "huber"), "a network has layers"),
        (lambda: network([_core.Scale()], "huber"), "a network needs a dense layer"),
    ],
)
def test_the_core_refuses_unknown_names_with_the_known_ones(
    call: Callable[[], Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        plan = call()
        plan.parameters  # noqa: B018


DENSE = _core.Dense(1, False)


@pytest.mark.parametrize(
    ("layer", "n_features", "sentence"),
    [
        (lambda: _core.Residual([]), 1, "a residual block must make as many units as it reads"),
        (lambda: _core.Residual([DENSE]), 2, "a residual block must make as many units as it"),
        (lambda: _core.CategoryEmbedding([2], 3), 2, "must know the levels of each of its columns"),
        (lambda: _core.Columns([_core.Part(2, None)]), 3, "network's columns must cover them"),
        (lambda: _core.Columns([]), 0, "network's columns must cover them"),
        (lambda: _core.PeriodicEmbedding(1, 17), 1, "too many outputs of a column"),
    ],
)
def test_the_core_refuses_layers_that_do_not_fit(
    layer: Callable[[], Any], n_features: int, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        network([layer(), DENSE], "huber", n_features).parameters  # noqa: B018


def test_the_most_outputs_of_a_column_are_accepted() -> None:
    plan = network([_core.PeriodicEmbedding(1, 16), DENSE], "huber")
    assert plan.parameters == ["frequency", "phase", "weight", "bias", "W1", "b1"]


def test_an_unknown_metric_is_refused_by_the_core() -> None:
    params = [np.zeros((1, 1)), np.zeros(1)]
    rows = _core.TableArrays(np.zeros((1, 1)), np.zeros((1, 1)), None, None, None, [])
    state = _core.StateArrays(0, 0, 1.0, 1.0, [], [], [], 1.0)
    spec = NetworkSpec(1, (Dense(1),), Loss("squared_error"))
    plan = training_plan(spec, TrainingSpec("sgd"))
    network, nothing = network_plan(spec), _core.History([], [], [], [], -1)
    with pytest.raises(ValueError, match="unknown metric 'auc'; known: loss, error, rmse"):
        functions = (None, None, None, None)
        _core.fit(network, plan, params, state, rows, None, "auc", *functions, 0, nothing)


def test_factors_of_what_is_not_there_are_named() -> None:
    for field in ("learning_rate_factors", "weight_decay_factors"):
        with pytest.raises(SpecError, match=f"{field} names 'scale'.*it has W1, b1, W2, b2"):
            engine.fit(SPEC, engine.initialize(SPEC), [[0.0] * 3], [[0.0] * 2],
                       TrainingSpec(**{field: {"scale": 1.0}}))  # fmt: skip
