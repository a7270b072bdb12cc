"""Every optimizer against its published form, written again here for one number at a time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from chainrule.reference.update import RULES, clip, init, update
from chainrule.spec import OPTIMIZERS, TrainingSpec

# PyTorch's rules, w and its memory in, w and memory out. t counts from 1.


def torch_sgd(w, g, memory, t, lr, mu=0.0, nesterov=False):
    buffer = g if t == 1 else mu * memory["buffer"] + g
    direction = g + mu * buffer if nesterov else buffer
    return w - lr * direction, {"buffer": buffer}


def torch_adagrad(w, g, memory, t, lr):
    total = memory.get("sum", 0.0) + g * g
    return w - lr * g / (math.sqrt(total) + 1e-10), {"sum": total}


def torch_rmsprop(w, g, memory, t, lr):
    average = 0.99 * memory.get("average", 0.0) + 0.01 * g * g
    return w - lr * g / (math.sqrt(average) + 1e-8), {"average": average}


def torch_adam(w, g, memory, t, lr):
    m = 0.9 * memory.get("m", 0.0) + 0.1 * g
    v = 0.999 * memory.get("v", 0.0) + 0.001 * g * g
    denominator = math.sqrt(v) / math.sqrt(1.0 - 0.999**t) + 1e-8
    return w - lr / (1.0 - 0.9**t) * m / denominator, {"m": m, "v": v}


PUBLISHED = {
    "sgd": torch_sgd,
    "momentum": lambda *step: torch_sgd(*step, mu=0.9),
    "nesterov": lambda *step: torch_sgd(*step, mu=0.9, nesterov=True),
    "adagrad": torch_adagrad,
    "rmsprop": torch_rmsprop,
    "adam": torch_adam,
    "adamw": torch_adam,
}


def gradient_at(w: float, t: int) -> float:
    """Of a bowl that is rocked at every step."""
    return 3.0 * w + math.sin(5.0 * t)


def test_every_optimizer_of_the_closed_set_has_its_rule() -> None:
    assert set(RULES) == set(OPTIMIZERS) == set(PUBLISHED)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_fifty_steps(optimizer: str, weight_decay: float) -> None:
    training = TrainingSpec(optimizer=optimizer, learning_rate=0.01, weight_decay=weight_decay)
    params = {"W1": np.array([[0.7, -1.3]]), "b1": np.array([0.2])}
    numbers = {("W1", 0, 0): 0.7, ("W1", 0, 1): -1.3, ("b1", 0): 0.2}
    memories: dict[tuple[object, ...], dict[str, float]] = {key: {} for key in numbers}
    state = init(training, params)
    for t in range(1, 51):
        grads = {
            name: np.vectorize(lambda w, t=t: gradient_at(w, t))(w) for name, w in params.items()
        }
        updates, state = update(training, params, grads, state)
        params = {name: w + updates[name] for name, w in params.items()}
        for key, w in numbers.items():
            g = gradient_at(w, t)
            if key[0] == "W1":  # decoupled decay comes first; biases have none
                w *= 1.0 - 0.01 * weight_decay
            numbers[key], memories[key] = PUBLISHED[optimizer](w, g, memories[key], t, 0.01)
    for (name, *index), expected in numbers.items():
        assert params[name][tuple(index)] == pytest.approx(expected, rel=1e-12, abs=1e-13)
    assert state.n_steps == 50
    for power, beta in ((state.beta1_power, "beta1"), (state.beta2_power, "beta2")):
        assert power == training.constant(beta) ** 50


@pytest.mark.parametrize(
    ("optimizer", "expected"),
    [
        ("sgd", -0.05),
        ("momentum", -0.05),
        ("nesterov", -0.05 * 1.9),
        ("adagrad", -0.1),  # g / |g|
        ("rmsprop", -0.1 * 0.5 / math.sqrt(0.01 * 0.25)),
        ("adam", -0.1),  # both averages are corrected to g and g^2
        ("adamw", -0.1),
    ],
)
def test_first_step_by_hand(optimizer: str, expected: float) -> None:
    training = TrainingSpec(optimizer=optimizer, learning_rate=0.1)
    params, grads = {"W1": np.array([[2.0]])}, {"W1": np.array([[0.5]])}
    updates, _ = update(training, params, grads, init(training, params))
    assert updates["W1"][0, 0] == pytest.approx(expected, rel=1e-6)


def test_constants_are_read_from_the_training() -> None:
    training = TrainingSpec(optimizer="momentum", learning_rate=1.0, momentum=0.25)
    params, grads = {"W1": np.array([[0.0]])}, {"W1": np.array([[1.0]])}
    state = init(training, params)
    for expected in (-1.0, -1.25, -1.3125):
        updates, state = update(training, params, grads, state)
        assert updates["W1"] == expected


def test_schedule_and_group_factors_multiply_the_rate_of_step_and_decay() -> None:
    training = TrainingSpec(
        optimizer="sgd",
        learning_rate=0.5,
        weight_decay=0.1,
        learning_rate_factors={"W": 3.0, "W2": 2.0, "b": 0.0},
        weight_decay_factors={"W2": 10.0},
    )
    params = {name: np.array([1.0]) for name in ("W1", "b1", "W2")}
    grads = {name: np.array([8.0]) for name in params}
    updates, _ = update(training, params, grads, init(training, params), factor=0.25)
    rates = {"W1": 0.375, "b1": 0.0, "W2": 0.25}
    assert updates["W1"] == pytest.approx(-rates["W1"] * (8.0 + 0.1))
    assert updates["W2"] == pytest.approx(-rates["W2"] * (8.0 + 1.0))
    assert updates["b1"] == 0.0


def test_clipping_scales_all_gradients_by_one_factor() -> None:
    grads = {"W1": np.array([[3.0, 0.0]]), "b1": np.array([4.0])}  # norm 5
    assert clip(grads, None) is grads and clip(grads, 5.0) is grads
    clipped = clip(grads, 1.0)
    np.testing.assert_allclose(clipped["W1"], [[0.6, 0.0]], rtol=1e-15)
    np.testing.assert_allclose(clipped["b1"], [0.8], rtol=1e-15)
    training = TrainingSpec(optimizer="sgd", learning_rate=1.0, clip_norm=2.5)
    params = {"W1": np.zeros((1, 2)), "b1": np.zeros(1)}
    updates, _ = update(training, params, grads, init(training, params))
    np.testing.assert_allclose(updates["b1"], [-2.0], rtol=1e-15)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_rate_zero_changes_no_bit(optimizer: str) -> None:
    training = TrainingSpec(optimizer=optimizer, learning_rate=0.0, weight_decay=0.1)
    params = {"W1": np.random.default_rng(0).normal(size=(3, 4))}
    updates, _ = update(training, params, params, init(training, params))
    assert ((params["W1"] + updates["W1"]) == params["W1"]).all()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_nothing_given_is_changed(optimizer: str) -> None:
    training = TrainingSpec(optimizer=optimizer, clip_norm=0.1)
    params, grads = {"W1": np.ones((2, 2))}, {"W1": np.full((2, 2), 3.0)}
    start = init(training, params)
    update(training, params, grads, start)
    assert (params["W1"] == 1.0).all() and (grads["W1"] == 3.0).all()
    assert start.n_steps == 0 and all((m == 0.0).all() for m in start.moments.values())


def test_names_of_the_moments() -> None:
    params = {"W1": np.zeros((1, 1)), "b1": np.zeros(1)}
    names = {name: sorted(init(TrainingSpec(name), params).moments) for name in OPTIMIZERS}
    assert names["sgd"] == []
    assert names["momentum"] == names["nesterov"] == ["velocity.W1", "velocity.b1"]
    assert names["adagrad"] == ["square_sum.W1", "square_sum.b1"]
    assert names["rmsprop"] == ["second_moment.W1", "second_moment.b1"]
    assert (
        names["adam"]
        == names["adamw"]
        == [
            "first_moment.W1",
            "first_moment.b1",
            "second_moment.W1",
            "second_moment.b1",
        ]
    )


def test_decay_reaches_what_has_a_factor_and_follows_its_schedule() -> None:
    training = TrainingSpec(
        optimizer="sgd",
        learning_rate=0.5,
        weight_decay=0.1,
        learning_rate_factors={"scale": 6.0, "activation_weight": 0.1},
        weight_decay_factors={"scale": 36.0, "activation_weight1": 0.01},
    )
    names = ("frequency", "scale", "W1", "b1", "activation_weight1", "activation_weight2")
    params = {name: np.array([2.0]) for name in names}
    still = {name: np.zeros(1) for name in params}
    updates, _ = update(training, params, still, init(training, params), 0.25, 0.5)
    rate = 2.0 * 0.5 * 0.25 * 0.1 * 0.5  # w, learning rate and decay with their schedules
    expected = {
        "scale": -rate * 6.0 * 36.0,
        "W1": -rate,
        "activation_weight1": -rate * 0.1 * 0.01,
    }
    for name in params:
        assert updates[name] == pytest.approx(expected.get(name, 0.0), rel=1e-14), name
