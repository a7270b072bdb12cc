"""Fifty steps of every optimizer: the core against the reference, and against PyTorch."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.fit import fit
from chainrule.spec import OPTIMIZERS, SCHEDULES, Dense, Loss, NetworkSpec, Schedule, TrainingSpec
from comparing import normwise, rounded
from strategies import Problem, random_problem

STEPS = 50
BOUND = 1e-12  # promised is 1e-9; measured over these runs: 6e-15


def varied(seed: int, optimizer: str, schedule: str) -> tuple[Problem, TrainingSpec]:
    """A random problem, trained for fifty steps with all that an update may meet."""
    problem = random_problem(seed)
    rng = np.random.default_rng(seed)
    n = len(problem.X)
    batch_size = [None, 4, max(1, n // 2), 1][seed % 4]
    steps = 1 if batch_size is None else -(-n // batch_size)
    constants: dict[str, float] = {
        "step": {"every": 2.5, "factor": 0.5},
        "cosine": {"warmup": 0.2},
        "plateau": {"patience": 2.0, "factor": 0.3, "floor": 0.2},
        "coslog4": {"cycles": 3.0},
    }.get(schedule, {})
    given: dict[str, Any] = {
        "learning_rate_factors": [{}, {"b": 0.0}, {"W1": 0.5, "b": 2.0}, {"W1": 0.0}][
            seed // 4 % 4
        ],
        "weight_decay_factors": [{}, {"b": 0.3}][seed % 2],
        "weight_decay": float(rng.choice([0.0, 0.1])),
        "clip_norm": [None, 0.3, 1e-3, 1e6][seed // 2 % 4],
        "shuffle": bool(rng.random() < 0.7),
    }
    training = replace(
        problem.training,
        optimizer=optimizer,
        learning_rate=3e-3,
        schedule=Schedule(schedule, constants),
        epochs=-(-STEPS // steps),
        batch_size=batch_size,
        **given,
    )
    return problem, training


def small_network() -> tuple[NetworkSpec, dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Spec, parameters, X and class indices of 40 rows."""
    rng = np.random.default_rng(5)
    spec = NetworkSpec(
        6,
        (Dense(17, "tanh"), Dense(9, "gelu"), Dense(3, "softmax")),
        Loss("cross_entropy"),
    )
    params = {name: rng.normal(size=shape) * 0.5 for name, shape in spec.parameter_shapes.items()}
    return spec, params, rng.normal(size=(40, 6)), rng.integers(3, size=40)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_fifty_steps_are_the_references(optimizer: str, schedule: str) -> None:
    first = 3000 + 7 * list(OPTIMIZERS).index(optimizer) + 61 * list(SCHEDULES).index(schedule)
    for seed in (first, first + 1, first + 2):
        problem, training = varied(seed, optimizer, schedule)
        arguments = (problem.spec, problem.params, problem.X, problem.y, training)
        expected, state, history = fit(*arguments, sample_weight=problem.sample_weight)
        result = engine.fit(*arguments, sample_weight=problem.sample_weight)
        assert normwise(result.params, expected) <= BOUND, seed
        np.testing.assert_allclose(result.history.loss, history.loss, rtol=1e-12, atol=1e-14)
        assert result.history.n_steps == history.n_steps
        assert (result.state.n_steps, result.state.epoch) == (state.n_steps, state.epoch)
        moments = dict(zip(sorted(result.state.moments), sorted(state.moments), strict=True))
        for name, reference_name in moments.items():
            np.testing.assert_allclose(
                result.state.moments[name], state.moments[reference_name], rtol=1e-9, atol=1e-13
            )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_fifty_steps_in_float32_stay_near(optimizer: str) -> None:
    problem, training = varied(8, optimizer, "constant")
    expected, _, _ = fit(problem.spec, problem.params, problem.X, problem.y, training)
    params = rounded(problem.params, "float32")
    result = engine.fit(problem.spec, params, problem.X, problem.y, training)
    assert result.params["W1"].dtype == np.float32
    assert normwise(result.params, expected) <= 1e-3


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_frozen_tensor_keeps_its_bits_and_its_moments_advance(optimizer: str) -> None:
    spec, params, X, y = small_network()
    params["b1"][0] = -0.0
    training = TrainingSpec(
        optimizer=optimizer,
        learning_rate=0.01,
        epochs=5,
        batch_size=9,
        learning_rate_factors={"b": 0.0, "W2": 0.0},
        weight_decay=0.1,
        weight_decay_factors={"b": 1.0},
    )
    result = engine.fit(spec, params, X, y, training)
    for name in ("b1", "W2"):
        assert result.params[name].tobytes() == params[name].tobytes()
    assert (result.params["W1"] != params["W1"]).any()
    for moment in ("first_moment", "second_moment"):
        if f"{moment}.b1" in result.state.moments:
            assert result.state.moments[f"{moment}.b1"].any()


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_learning_rate_of_zero_changes_no_value(optimizer: str) -> None:
    spec, params, X, y = small_network()
    training = TrainingSpec(optimizer=optimizer, learning_rate=0.0, epochs=3, weight_decay=0.1)
    result = engine.fit(spec, params, X, y, training)
    for name, before in params.items():
        np.testing.assert_array_equal(result.params[name], before)


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "adagrad"])
def test_epsilon_zero_leaves_the_norm_of_clipping_finite(optimizer: str) -> None:
    """Every gradient of this network is above 0, but the panels' padding has gradient 0."""
    spec, params, X, y = small_network()
    training = TrainingSpec(
        optimizer=optimizer, epsilon=0.0, clip_norm=1e-3, epochs=5, batch_size=None
    )
    expected, _, _ = fit(spec, params, X, y, training)
    assert normwise(engine.fit(spec, params, X, y, training).params, expected) <= 1e-9


def torch_optimizer(torch: Any, training: TrainingSpec, tensors: list[Any]) -> Any:
    eta, mu = training.learning_rate, training.constant("momentum")
    make = torch.optim
    match training.optimizer:
        case "sgd":
            return make.SGD(tensors, eta)
        case "momentum":
            return make.SGD(tensors, eta, momentum=mu)
        case "nesterov":
            return make.SGD(tensors, eta, momentum=mu, nesterov=True)
        case "adagrad":
            return make.Adagrad(tensors, eta)
        case "rmsprop":
            return make.RMSprop(tensors, eta)
        case "adam":
            return make.Adam(tensors, eta)
        case _:
            return make.AdamW(tensors, eta, weight_decay=training.weight_decay)


@pytest.mark.peers
@pytest.mark.parametrize(("optimizer", "clip_norm"), list(product(OPTIMIZERS, [None, 0.05])))
def test_fifty_steps_are_pytorchs(optimizer: str, clip_norm: float | None) -> None:
    torch = pytest.importorskip("torch")
    spec, params, X, y = small_network()
    training = TrainingSpec(
        optimizer=optimizer,
        learning_rate=0.01,
        epochs=10,
        batch_size=9,
        shuffle=False,
        clip_norm=clip_norm,
        weight_decay=0.1 if optimizer == "adamw" else 0.0,
        weight_decay_factors={"b": 1.0},
    )
    result = engine.fit(spec, params, X, y, training)

    tensors = {name: torch.tensor(w, requires_grad=True) for name, w in params.items()}
    rule = torch_optimizer(torch, training, list(tensors.values()))
    rows, classes = torch.tensor(X), torch.tensor(y)
    for _ in range(training.epochs):
        for start in range(0, 40, 9):
            a = rows[start : start + 9]
            for number, sigma in ((1, torch.tanh), (2, torch.nn.functional.gelu), (3, None)):
                z = a @ tensors[f"W{number}"].T + tensors[f"b{number}"]
                a = z if sigma is None else sigma(z)
            rule.zero_grad()
            torch.nn.functional.cross_entropy(a, classes[start : start + 9]).backward()
            if clip_norm is not None:
                torch.nn.utils.clip_grad_norm_(tensors.values(), clip_norm)
            rule.step()
    expected = {name: tensor.detach().numpy() for name, tensor in tensors.items()}
    # Adam's epsilon stands inside a square root that PyTorch takes in another order, and its
    # clipping adds 1e-6 to the norm: nothing else differs.
    assert normwise(result.params, expected) <= (1e-9 if clip_norm is None else 1e-4)
    assert result.history.n_steps == STEPS
