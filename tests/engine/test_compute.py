"""Starting parameters, forward passes and predictions."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DataError, SpecError
from chainrule.spec import (
    Activation,
    CategoryEmbedding,
    Columns,
    Dense,
    Dropout,
    Loss,
    NetworkSpec,
    PeriodicEmbedding,
    Scale,
)
from chainrule.spec.layers import KINDS
from kinds import examples

SPEC = NetworkSpec(
    5,
    (
        Columns(((3, PeriodicEmbedding()), (1, None), (1, CategoryEmbedding((4,), 2)))),
        Scale(),
        Dense(40, Activation("selu", True), ntk=True),
        Dense(70, Activation("mish", True), ntk=True),
        Dense(3, "softmax", True),
    ),
    Loss("cross_entropy"),
)


def table(n: int) -> np.ndarray:
    rng = np.random.default_rng(7)
    X = rng.normal(size=(n, 5)) * [1.0, 30.0, 0.01, 1.0, 1.0]
    X[:, 4] = rng.integers(0, 5, n)
    return X


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_every_unit_varies_by_one_over_the_rows(dtype: str) -> None:
    X = table(300)
    params = engine.initialize(SPEC, init="data_driven", seed=3, dtype=dtype, X=X)
    z, _ = engine.forward(SPEC, params, X)
    for z_l in z[1:]:
        assert np.std(z_l, axis=0) == pytest.approx(np.ones(z_l.shape[1]), rel=1e-4)


def test_a_bias_is_minus_a_mean_of_rows() -> None:
    X = table(200)
    params = engine.initialize(SPEC, init="data_driven", seed=3, dtype="float64", X=X)
    z, _ = engine.forward(SPEC, params, X)
    products = z[1] - params["b1"]
    assert (-params["b1"] < products.max(axis=0)).all()
    assert (-params["b1"] > products.min(axis=0)).all()
    # Means of five rows with Exp(1) weights: E sum w^2 = 1/3, so their variance is a third.
    assert 0.4 < np.std(params["b1"] + products.mean(axis=0)) < 0.8


def test_weights_count_rows_and_zero_leaves_them_out() -> None:
    X = table(100)
    rows = np.r_[np.arange(100), np.arange(50)]
    weights = np.r_[np.full(50, 2.0), np.ones(50)]
    weighted = engine.initialize(SPEC, init="data_driven", dtype="float64", X=X,
                                 sample_weight=weights)  # fmt: skip
    repeated = engine.initialize(SPEC, init="data_driven", dtype="float64", X=X, rows=rows)
    for name in ("W1", "embedding", "scale"):
        assert weighted[name] == pytest.approx(repeated[name], rel=1e-9)
    X_more = np.r_[X, 1e3 * np.ones((20, 5)) * [1, 1, 1, 1, 0]]
    zeros = np.r_[np.ones(100), np.zeros(20)]
    same = engine.initialize(SPEC, init="data_driven", dtype="float64", X=X_more,
                             sample_weight=zeros)  # fmt: skip
    plain = engine.initialize(SPEC, init="data_driven", dtype="float64", X=X)
    assert same["W1"] == pytest.approx(plain["W1"], rel=1e-9)
    assert same["b1"] == pytest.approx(plain["b1"], rel=1e-9)


def test_a_constant_column_keeps_its_weights_finite() -> None:
    spec = NetworkSpec(1, (Dense(3, "selu", True), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, init="data_driven", X=np.ones((10, 1)))
    assert all(np.isfinite(array).all() for array in params.values())


def test_without_rows_it_is_refused() -> None:
    with pytest.raises(SpecError, match="needs the training rows; pass X"):
        engine.initialize(SPEC, init="data_driven")


@pytest.mark.parametrize(
    ("init", "bound"),
    [("glorot_uniform", np.sqrt(6 / 110)), ("he_uniform", np.sqrt(6 / 100)), ("zeros", 0.0)],
)
def test_uniform_schemes_fill_their_interval(init: str, bound: float) -> None:
    spec = NetworkSpec(100, (Dense(10),), Loss("squared_error"))
    W = engine.initialize(spec, init=init, dtype="float64")["W1"]
    assert np.abs(W).max() <= bound
    assert np.abs(W).max() >= 0.99 * bound


def test_a_predictor_keeps_its_own_parameters() -> None:
    spec = NetworkSpec(3, (Dense(4, "tanh"), Dense(2, "sigmoid")), Loss("binary_cross_entropy"))
    params = engine.initialize(spec)
    X = np.random.default_rng(0).normal(size=(7, 3)).astype(np.float32)
    predict = engine.Predictor(spec, params)
    before = predict(X)
    params["W1"][:] = 0.0
    np.testing.assert_array_equal(predict(X), before)
    np.testing.assert_array_equal(predict(X.tolist()), before)
    logits = predict(X, logits=True).astype(float)
    np.testing.assert_allclose(before, 1 / (1 + np.exp(-logits)), rtol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_a_predictor_reads_rows_that_others_lay_in_the_same_place(kind: str) -> None:
    """The array is filled anew between two calls, as where freed memory is given out again."""
    rng = np.random.default_rng(1)
    for layer in examples(kind):
        spec = NetworkSpec(4, (layer, Dense(2)), Loss("squared_error"))
        params = engine.initialize(spec, dtype="float64")
        predict = engine.Predictor(spec, params)
        X = np.zeros((5, 4))
        for _ in range(3):
            X[:] = rng.integers(0, 2, X.shape)
            np.testing.assert_array_equal(predict(X), engine.predict(spec, params, X.copy()))


@pytest.mark.parametrize("name", ["cross_entropy", "poisson", "squared_error"])
def test_forward_needs_no_targets_and_drops_nothing(name: str) -> None:
    output = {"cross_entropy": "softmax", "poisson": "exp"}.get(name, "identity")
    spec = NetworkSpec(3, (Dense(5, "relu"), Dropout(0.5), Dense(3, output)), Loss(name))
    params = engine.initialize(spec, dtype="float64")
    X = np.random.default_rng(0).normal(size=(6, 3))
    z, a = engine.forward(spec, params, X)
    assert [len(z), len(a)] == [3, 3]
    np.testing.assert_array_equal(a[0], X)
    np.testing.assert_array_equal(a[1], np.maximum(z[1], 0.0))
    np.testing.assert_array_equal(a[2], engine.predict(spec, params, X))


def test_a_permutation_is_a_function_of_its_arguments() -> None:
    order = engine.permutation(100, 7)
    assert order.dtype == np.int64
    assert sorted(order) == list(range(100))
    np.testing.assert_array_equal(order, engine.permutation(100, 7, "split", 0))
    others = [(100, 8), (100, 7, "shuffle"), (100, 7, "split", 1)]
    assert all((engine.permutation(*other) != order).any() for other in others)
    with pytest.raises(DataError, match="at most 2\\^32 - 1 elements, found -1"):
        engine.permutation(-1, 0)
