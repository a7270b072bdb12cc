"""Gradients of the core against derivatives that know no chain rule."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine, reference
from chainrule.reference.gradients import complex_step
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec
from comparing import FUSED, instruction_set, rounded
from strategies import COMBINATIONS, Problem, random_problem, verdict

# Measured over 2,000 networks, worst and 99th percentile: 3.8e-13 and 3.6e-14 in float64, 7.1e-5
# and 1.7e-5 in float32, 5.7e-8 and 1.8e-9 by differences beyond their rounding. The worst have
# layers of one unit, where nothing hides a small gradient's rounding.
FLOAT64 = 1e-12
FLOAT32 = 1e-4
DIFFERENCES = 1e-6
STEP = 6.06e-6  # h of a central difference, where |w| <= 1


def errors(problem: Problem) -> tuple[float, float, float]:
    """The verdicts on float64, on float32 and on central differences."""
    arguments = (problem.spec, problem.params, problem.X, problem.y, problem.training)
    exact = complex_step(*arguments, **problem.options)
    loss, double = engine.gradients(*arguments, **problem.options)
    single_params = rounded(problem.params, "float32")
    _, single = engine.gradients(problem.spec, single_params, *arguments[2:], **problem.options)
    numeric = engine.numeric_gradients(*arguments, **problem.options)
    shaped = {name: part.reshape(exact[name].shape) for name, part in numeric.items()}
    beyond = beyond_rounding(shaped, exact, loss)
    return verdict(double, exact), verdict(single, exact), verdict(beyond, exact)


def beyond_rounding(
    numeric: dict[str, np.ndarray], exact: dict[str, np.ndarray], loss: float
) -> dict[str, np.ndarray]:
    """Central differences, brought nearer by what ten roundings of the loss make of them."""
    slack = 10 * np.finfo(float).eps * abs(loss) / STEP
    return {
        name: exact[name] + np.sign(g - exact[name]) * np.maximum(abs(g - exact[name]) - slack, 0.0)
        for name, g in numeric.items()
    }


def test_every_activation_with_every_loss() -> None:
    for seed in range(len(COMBINATIONS)):
        problem = random_problem(seed)
        arguments = (problem.spec, problem.params, problem.X, problem.y, problem.training)
        expected_loss, expected = reference.gradients.gradients(*arguments, **problem.options)
        loss, grads = engine.gradients(*arguments, **problem.options)
        assert loss == pytest.approx(expected_loss, rel=1e-13), seed
        assert verdict(grads, expected) <= FLOAT64, seed


def test_against_the_complex_step() -> None:
    for seed in range(1000, 1150):
        double, single, numeric = errors(random_problem(seed))
        assert double <= FLOAT64, seed
        assert single <= FLOAT32, seed
        assert numeric <= DIFFERENCES, seed


@pytest.mark.slow
def test_two_thousand_networks(capsys: pytest.CaptureFixture[str]) -> None:
    table = np.array([errors(random_problem(seed)) for seed in range(2000)])
    with capsys.disabled():
        print("\nworst and 99th percentile over 2,000 random networks")
        for name, column in zip(("float64", "float32", "differences"), table.T, strict=True):
            print(f"  {name:12} {column.max():.1e} {np.quantile(column, 0.99):.1e}")
    double, single, numeric = table.T
    assert double.max() <= FLOAT64
    assert numeric.max() <= DIFFERENCES
    # A sum that nearly cancels may lose more in float32: one network in a thousand or two.
    assert np.quantile(single, 0.998) <= FLOAT32
    assert single.max() <= 3 * FLOAT32


@pytest.mark.parametrize("name", [*FUSED, "portable"])
def test_every_instruction_set(name: str) -> None:
    with instruction_set(name):
        for seed in range(5000, 5040):
            double, single, _ = errors(random_problem(seed))
            assert double <= FLOAT64, seed
            assert single <= FLOAT32, seed


@pytest.mark.parametrize("shape", [(257, 385, 2), (600, 20, 130), (33, 129, 65), (17, 513, 1)])
@pytest.mark.parametrize("n", [1, 37, 130])
def test_wide_layers_and_long_sums(shape: tuple[int, int, int], n: int) -> None:
    """Widths beyond a tile, sums beyond a block of 256, batches beyond a block of rows."""
    n_features, hidden, n_outputs = shape
    rng = np.random.default_rng(n)
    spec = NetworkSpec(n_features, (Dense(hidden, "tanh"), Dense(n_outputs)), Loss("squared_error"))
    params = {
        name: rng.normal(size=size) / np.sqrt(size[-1])
        for name, size in spec.parameter_shapes.items()
    }
    X, y = rng.normal(size=(n, n_features)), rng.normal(size=(n, n_outputs))
    training = TrainingSpec(l2=0.1, l1=0.01)
    expected_loss, expected = reference.gradients.gradients(spec, params, X, y, training)
    loss, grads = engine.gradients(spec, params, X, y, training)
    assert loss == pytest.approx(expected_loss, rel=1e-13)
    assert verdict(grads, expected) <= 1e-13
    _, single = engine.gradients(spec, rounded(params, "float32"), X, y, training)
    assert verdict(single, expected) <= 1e-5


def test_chosen_differences_are_those_of_all() -> None:
    problem = random_problem(77)
    arguments = (problem.spec, problem.params, problem.X, problem.y, problem.training)
    everything = engine.numeric_gradients(*arguments, **problem.options)
    name = f"W{problem.spec.n_layers}"
    chosen = np.array([problem.params[name].size - 1, 0])
    some = engine.numeric_gradients(*arguments, **problem.options, indices={name: chosen})
    assert list(some) == [name]
    np.testing.assert_array_equal(some[name], everything[name][chosen])


def test_a_weight_of_two_is_a_row_twice_and_none_is_a_row_left_out() -> None:
    problem = random_problem(3)
    X, y = problem.X, problem.y
    weights = np.arange(len(X)) % 3.0
    weights[0] = 1.0
    places = np.repeat(np.arange(len(X)), weights.astype(int))
    training = TrainingSpec(l2=0.1)
    loss, grads = engine.gradients(
        problem.spec, problem.params, X, y, training, sample_weight=weights
    )
    expected_loss, expected = engine.gradients(
        problem.spec, problem.params, X[places], y[places], training
    )
    assert loss == pytest.approx(expected_loss, rel=1e-14)
    assert verdict(grads, expected) <= 1e-13


def test_permuted_units_permute_their_gradients() -> None:
    rng = np.random.default_rng(0)
    spec = NetworkSpec(7, (Dense(21, "gelu"), Dense(3)), Loss("squared_error"))
    params = {name: rng.normal(size=shape) for name, shape in spec.parameter_shapes.items()}
    order = rng.permutation(21)
    moved = {
        "W1": params["W1"][order],
        "b1": params["b1"][order],
        "W2": params["W2"][:, order],
        "b2": params["b2"],
    }
    X, y = rng.normal(size=(10, 7)), rng.normal(size=(10, 3))
    _, grads = engine.gradients(spec, params, X, y)
    _, moved_grads = engine.gradients(spec, moved, X, y)
    assert (
        verdict(
            {"W1": moved_grads["W1"], "b1": moved_grads["b1"], "W2": moved_grads["W2"]},
            {"W1": grads["W1"][order], "b1": grads["b1"][order], "W2": grads["W2"][:, order]},
        )
        <= 1e-13
    )
