"""The start that is fitted to the rows, against its formulas in NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.activations import activation
from chainrule.reference.random import words
from chainrule.spec import Dense, Dropout, Loss, NetworkSpec

RNG = np.random.default_rng(0)
ROWS = 5  # of a bias
MOST = 16_384  # rows that the start looks at
SPEC = NetworkSpec(
    3,
    (Dropout(0.5), Dense(4, "tanh"), Dropout(0.5), Dense(5, "softplus", True), Dense(2, ntk=True)),
    Loss("squared_error"),
)


def uniform(high: np.ndarray, low: np.ndarray) -> np.ndarray:
    """In [0, 1), of 53 bits."""
    return ((high >> np.uint64(5)) * 2.0**26 + (low >> np.uint64(6))) / 2.0**53


def fitted(
    spec: NetworkSpec, seed: int, X: np.ndarray, weights: np.ndarray
) -> dict[str, np.ndarray]:
    """W_j / std z_j over the rows, and minus a mean of five z_j drawn with Exp(1) weights.

    Nothing is dropped.
    """
    params = engine.initialize(spec, init="ntk", seed=seed, dtype="float64")
    until, a = np.cumsum(weights), X
    for l, layer in enumerate(spec.dense, start=1):
        alpha = 1 / np.sqrt(a.shape[1]) if layer.ntk else 1.0
        W = params[f"W{l}"]
        z = alpha * a @ W.T
        spread = np.sqrt(np.average((z - np.average(z, 0, weights)) ** 2, 0, weights))
        spread[spread == 0] = 1.0
        k, unit = np.arange(ROWS)[:, np.newaxis], np.arange(len(W))
        w = words(seed, "init", k, unit, 0x4000 + l - 1, 0)
        row = np.searchsorted(until, uniform(w[..., 0], w[..., 1]) * until[-1], side="right")
        share = -np.log(1 - uniform(w[..., 2], w[..., 3]))
        bias = -(share * z[row, unit]).sum(axis=0) / share.sum(axis=0)
        params[f"W{l}"], params[f"b{l}"] = W / spread[:, np.newaxis], bias / spread
        z = alpha * a @ params[f"W{l}"].T + params[f"b{l}"]
        a = activation(spec.activations[l], z)
    return params


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", [0, 1, 7])
def test_weights_and_biases_are_numpys(seed: int, weighted: bool) -> None:
    X = RNG.normal(size=(60, 3)) * [1.0, 20.0, 0.1] + [0.0, 5.0, 0.0]
    weights = RNG.gamma(0.5, size=60) if weighted else np.ones(60)
    rows = RNG.permutation(60)[:41]
    found = engine.initialize(
        SPEC, init="data_driven", seed=seed, dtype="float64", X=X, rows=rows,
        sample_weight=weights if weighted else None,
    )  # fmt: skip
    for name, expected in fitted(SPEC, seed, X[rows], weights[rows]).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_of_many_rows_it_looks_at_some() -> None:
    n, spec = MOST + 900, NetworkSpec(3, (Dense(2),), Loss("squared_error"))
    X = RNG.standard_cauchy((n, 3))
    rows = RNG.permutation(n)
    chosen = rows[engine.permutation(n, 3, "init")[:MOST]]
    found = engine.initialize(spec, init="data_driven", seed=3, dtype="float64", X=X, rows=rows)
    for name, expected in fitted(spec, 3, X[chosen], np.ones(MOST)).items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, err_msg=name)
    one_less = engine.initialize(
        spec, init="data_driven", seed=3, dtype="float64", X=X, rows=rows[:MOST]
    )
    for name, expected in fitted(spec, 3, X[rows[:MOST]], np.ones(MOST)).items():
        np.testing.assert_allclose(one_less[name], expected, rtol=1e-9, err_msg=name)


@pytest.mark.parametrize("value", [0.0, 0.3, 1e-200])
def test_units_that_are_the_same_in_every_row_keep_their_weights(value: float) -> None:
    """Their spread is 0, or less than a square can show; rows without weight are not asked."""
    spec = NetworkSpec(3, (Dense(20),), Loss("squared_error"))
    X = np.full((12, 3), value)
    X[0], X[1], X[11] = 5.0, (2 * value if value < 1e-100 else value), -7.0
    found = engine.initialize(
        spec, init="data_driven", dtype="float64", X=X, sample_weight=[0.0, *[0.7] * 10, 0.0]
    )
    start = engine.initialize(spec, init="ntk", dtype="float64")
    np.testing.assert_array_equal(found["W1"], start["W1"])
    if value == 0.3:
        np.testing.assert_allclose(found["W1"] @ X[2], -found["b1"], rtol=1e-14)
