"""How a network may be trained, the JSON form, and one clear sentence for every refusal."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from chainrule.errors import SpecError
from chainrule.spec import OPTIMIZERS, SCHEDULES, Schedule, TrainingSpec
from strategies import training_specs


def test_defaults_are_those_of_the_documented_signature() -> None:
    training = TrainingSpec()
    assert (training.optimizer, training.learning_rate, training.schedule.name) == (
        "adam",
        1e-3,
        "constant",
    )
    assert (training.epochs, training.batch_size, training.reduction) == (100, 32, "mean")
    assert (training.l1, training.l2, training.weight_decay, training.tol) == (0, 0, 0, 0)
    assert training.clip_norm is training.patience is training.time_limit is None
    assert training.shuffle is True


def test_constants_of_the_optimizers() -> None:
    assert TrainingSpec("momentum").constant("momentum") == 0.9
    assert TrainingSpec("adam").constant("beta1") == 0.9
    assert TrainingSpec("adam").constant("beta2") == 0.999
    assert TrainingSpec("adam").constant("epsilon") == 1e-8
    assert TrainingSpec("adagrad").constant("epsilon") == 1e-10
    assert TrainingSpec("rmsprop").constant("rho") == 0.99
    assert TrainingSpec("adam", beta2=0.95).constant("beta2") == 0.95
    assert TrainingSpec("momentum", momentum=0.0).constant("momentum") == 0.0
    assert TrainingSpec("sgd").constant("momentum") == 0.0


def test_factors_by_name_win_over_factors_by_family() -> None:
    training = TrainingSpec(
        learning_rate_factors={"W": 2.0, "W2": 3.0}, weight_decay_factors={"b": 0.5, "W1": 0.0}
    )
    assert [training.learning_rate_factor(name) for name in ("W1", "W2", "b1")] == [2.0, 3.0, 1.0]
    decay = [training.weight_decay_factor(name) for name in ("W1", "W2", "b1")]
    assert decay == [0.0, 1.0, 0.5]
    assert TrainingSpec().weight_decay_factor("b1") == 0.0


def test_schedule_from_a_name_or_a_mapping() -> None:
    assert TrainingSpec(schedule="cosine").schedule == Schedule("cosine", {"warmup": 0.0})
    form = {"name": "step", "every": 5}
    assert TrainingSpec(schedule=form).schedule.constants == {"every": 5.0, "factor": 0.1}
    assert Schedule.of(Schedule("flat_cos")) == Schedule("flat_cos")
    assert hash(Schedule("step", {"every": 30})) == hash(Schedule("step"))


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_take_their_defaults(name: str) -> None:
    assert Schedule(name).constants == SCHEDULES[name]
    assert Schedule(name).to_json() == {"name": name, **SCHEDULES[name]}


@given(training_specs())
def test_json_gives_back_an_equal_training(training: TrainingSpec) -> None:
    text = json.dumps(training.to_json(), allow_nan=False)
    assert TrainingSpec.from_json(json.loads(text)) == training


def test_an_empty_form_is_the_default() -> None:
    assert TrainingSpec.from_json({}) == TrainingSpec()


def test_given_mappings_are_copied() -> None:
    factors = {"b": 0.0}
    training = TrainingSpec(learning_rate_factors=factors)
    factors["b"] = 1.0
    assert training.learning_rate_factor("b1") == 0.0


NAN, INFINITE = float("nan"), float("inf")
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"optimizer": "lion"}, "unknown optimizer 'lion'; the optimizers are sgd, momentum"),
    ({"optimizer": ["sgd"]}, r"unknown optimizer \['sgd'\]"),
    ({"schedule": "linear"}, "unknown schedule 'linear'; the schedules are constant, step"),
    ({"schedule": 3}, "schedule must be a name or a mapping .* found 3"),
    ({"schedule": {"every": 3}}, "schedule must be a name or a mapping"),
    ({"schedule": {"name": "step", "warmup": 1}}, "'step' has no constant 'warmup'; it has: every"),
    ({"schedule": {"name": "constant", "factor": 1}}, "no constant 'factor'; it has: none"),
    ({"schedule": {"name": "step", "every": 0.5}}, "'every' .* must be at least 1, found 0.5"),
    ({"schedule": {"name": "step", "factor": -1}}, "factor of schedule 'step' must be a number of"),
    ({"schedule": {"name": "step", "factor": None}}, "factor of schedule 'step' .* found None"),
    ({"schedule": {"name": "cosine", "warmup": 2}}, "'warmup' is the share of steps, at most 1"),
    ({"schedule": {"name": "coslog4", "cycles": 99}}, "'cycles' .* at most 32, found 99"),
    ({"reduction": "none"}, "reduction must be 'mean' or 'sum', found 'none'"),
    ({"learning_rate": -1}, "learning_rate must be a number of at least 0, found -1"),
    ({"learning_rate": NAN}, "learning_rate must be a number of at least 0, found nan"),
    ({"learning_rate": INFINITE}, "learning_rate must be a number of at least 0, found inf"),
    ({"learning_rate": "0.1"}, "learning_rate must be a number of at least 0, found '0.1'"),
    ({"learning_rate": True}, "learning_rate must be a number of at least 0, found True"),
    ({"learning_rate": 10**400}, "learning_rate must be a number of at least 0, found 1000"),
    ({"l1": -1.0}, "l1 must be a number of at least 0, found -1.0"),
    ({"l2": None}, "l2 must be a number of at least 0, found None"),
    ({"weight_decay": -0.1}, "weight_decay must be a number of at least 0, found -0.1"),
    ({"tol": -1e-9}, "tol must be a number of at least 0, found -1e-09"),
    ({"clip_norm": 0}, "clip_norm must be a number above 0, found 0"),
    ({"time_limit": 0.0}, "time_limit must be a number above 0, found 0.0"),
    ({"epochs": -1}, "epochs must be a whole number of at least 0, found -1"),
    ({"epochs": 1.5}, "epochs must be a whole number of at least 0, found 1.5"),
    ({"batch_size": 0}, "batch_size must be a whole number of at least 1, found 0"),
    ({"batch_size": "auto"}, "batch_size must be a whole number of at least 1, found 'auto'"),
    ({"n_threads": 0}, "n_threads must be a whole number of at least 1, found 0"),
    ({"patience": 0}, "patience must be a whole number of at least 1, found 0"),
    ({"seed": -1}, "seed must be a whole number of at least 0, found -1"),
    ({"seed": 2**64}, "seed must be a whole number .* found 18446744073709551616"),
    ({"shuffle": 1}, "shuffle must be True or False, found 1"),
    ({"momentum": 1.5}, "momentum must be a number of at least 0 and at most 1, found 1.5"),
    ({"rho": -0.5}, "rho must be a number of at least 0 and at most 1, found -0.5"),
    ({"beta1": 1.0}, "beta1 must be below 1, found 1.0"),
    ({"beta2": 1}, "beta2 must be below 1, found 1"),
    ({"epsilon": -1e-8}, "epsilon must be a number of at least 0, found -1e-08"),
    ({"learning_rate_factors": {"b": -1}}, r"learning_rate_factors\['b'\] must be a number of"),
    ({"learning_rate_factors": ["b"]}, "learning_rate_factors must map parameter names"),
    ({"weight_decay_factors": {1: 2.0}}, "weight_decay_factors must map parameter names"),
]


@pytest.mark.parametrize(("arguments", "sentence"), REFUSED)
def test_refused_with_a_sentence(arguments: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SpecError, match=sentence) as caught:
        TrainingSpec(**arguments)
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    with pytest.raises(SpecError, match=sentence):
        TrainingSpec.from_json(arguments)


def test_forms_refused_with_a_sentence() -> None:
    with pytest.raises(SpecError, match="training has an unknown entry 'lr'"):
        TrainingSpec.from_json({"lr": 0.1})
    with pytest.raises(SpecError, match="training must be a description with named entries"):
        TrainingSpec.from_json([0.1])  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="constants of schedule 'step' must be a mapping, found 30"):
        Schedule("step", 30)  # type: ignore[arg-type]


def test_every_optimizer_reads_only_constants_that_training_has() -> None:
    for row in OPTIMIZERS.values():
        for name, default in row.constants.items():
            assert TrainingSpec(**{name: default}).constant(name) == default
