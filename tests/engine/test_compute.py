"""The data-driven start: what it promises about z on the rows it was fitted to."""

from __future__ import annotations

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import SpecError
from chainrule.spec import CategoryEmbedding, Dense, Loss, NetworkSpec, PeriodicEmbedding, Scale

SPEC = NetworkSpec(
    5,
    (
        PeriodicEmbedding(3),
        CategoryEmbedding((4,), 2),
        Scale(),
        Dense(40, "selu", True, True),
        Dense(70, "mish", True, True),
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
    for name in ("W1", "levels", "scale"):
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
