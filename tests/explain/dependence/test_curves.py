"""Curves against closed forms of known functions, and their errors against repeated draws."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from chainrule.explain.dependence import (
    Curve,
    ale_of_levels,
    ale_of_numbers,
    order_of_levels,
    partial_dependence,
)

Array = np.ndarray


def answers(f: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """One network whose answer is f."""
    return lambda inputs: np.stack([f(inputs)[:, None]] * 2)


def ale(f: Callable[[Array], Array], X: Array, n_points: int = 20) -> tuple[Array, Curve]:
    order = np.sort(X[:, 0])
    edges = order[np.linspace(0, len(X) - 1, n_points).round().astype(int)]
    intervals = np.clip(np.searchsorted(edges, X[:, 0]) - 1, 0, n_points - 2)
    return edges, ale_of_numbers(answers(f), X, np.array([0]), edges[:, None], intervals)


def drawn(seed: int, n: int = 2_000) -> Array:
    """Two columns that go together: x1 = x0 + noise."""
    rng = np.random.default_rng(seed)
    first = rng.uniform(-1, 1, n)
    return np.column_stack([first, first + rng.normal(0, 0.3, n)])


def test_an_additive_part_is_found_exactly_up_to_its_mean() -> None:
    X = drawn(0)
    edges, curve = ale(lambda x: x[:, 0] ** 3 + np.sin(x[:, 1]), X)
    shape = curve.values[:, 0] - edges**3
    np.testing.assert_allclose(shape, shape[0], atol=1e-12)
    np.testing.assert_array_equal(curve.networks[0], curve.values)


def test_a_product_of_columns_that_go_together() -> None:
    """f = x0 x1: the local effect is E[x1 | x0] = x0, so that ALE = x0² / 2 - its mean, 1/6; the
    partial dependence is x0 E[x1], near 0 everywhere."""
    X = drawn(1, 40_000)
    edges, curve = ale(lambda x: x[:, 0] * x[:, 1], X)
    exact = edges**2 / 2 - 1 / 6
    inner = slice(1, -1)
    assert np.abs(curve.values[inner, 0] - exact[inner]).max() < 0.01
    flat = partial_dependence(
        answers(lambda x: x[:, 0] * x[:, 1]), X, np.array([0]), edges[:, None]
    )
    np.testing.assert_allclose(flat.values[:, 0], edges * X[:, 1].mean(), atol=1e-12)


def test_errors_are_the_spread_over_draws_of_rows() -> None:
    def f(x: Array) -> Array:
        return x[:, 0] * x[:, 1]

    edges = np.linspace(-1, 1, 9)
    found = []
    for seed in range(200):
        X = drawn(seed, 300)
        intervals = np.clip(np.searchsorted(edges, X[:, 0]) - 1, 0, 7)
        found.append(ale_of_numbers(answers(f), X, np.array([0]), edges[:, None], intervals))
    spread = np.std([curve.values[:, 0] for curve in found], axis=0)
    said = np.mean([curve.errors[:, 0] for curve in found], axis=0)
    # The counts of the intervals vary, too, which the errors of the means do not know.
    np.testing.assert_allclose(said, spread, rtol=0.25)


def test_levels_of_an_additive_function_are_exact_in_any_order() -> None:
    rng = np.random.default_rng(2)
    codes = np.concatenate([np.arange(4), rng.integers(0, 4, 196)])
    X = np.column_stack([codes, rng.normal(size=200)])
    worth = np.array([3.0, -1.0, 0.5, 7.0])

    def f(x: Array) -> Array:
        return worth[x[:, 0].astype(int)] + x[:, 1] ** 2

    for order in ([0, 1, 2, 3], [2, 0, 3, 1]):
        curve = ale_of_levels(
            answers(f), X, np.array([0]), np.arange(4.0)[:, None], codes, np.array(order)
        )
        shares = np.bincount(codes) / 200
        np.testing.assert_allclose(curve.values[:, 0], worth - shares @ worth, atol=1e-12)
        np.testing.assert_allclose(curve.errors, 0.0, atol=1e-7)


def test_levels_stand_beside_those_whose_rows_are_alike() -> None:
    rng = np.random.default_rng(3)
    codes = np.tile(np.arange(5), 400)
    middle = np.array([2.0, 0.0, 4.0, 1.0, 3.0])  # levels in order: 1, 3, 0, 4, 2
    X = np.column_stack([codes, middle[codes] + rng.normal(0, 1.5, 2_000), rng.normal(size=2_000)])
    order = order_of_levels(X, np.array([0, 1, 2]), 0, codes, 5)
    assert order.tolist() in ([1, 3, 0, 4, 2], [2, 4, 0, 3, 1])
