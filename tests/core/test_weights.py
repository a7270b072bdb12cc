"""Weights that count: in batches of any size training looks for the weighted optimum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from chainrule import engine
from chainrule.reference.fit import fit as reference_fit
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec
from comparing import normwise, same_bits

SPEC = NetworkSpec(3, (Dense(5, "tanh"), Dense(2)), Loss("squared_error"))
RNG = np.random.default_rng(0)
X, Y, WEIGHTS = RNG.normal(size=(23, 3)), RNG.normal(size=(23, 2)), RNG.gamma(0.5, size=23)
TRAINING = TrainingSpec(epochs=3, batch_size=4, learning_rate=0.01, l2=0.1, clip_norm=1.0)


@pytest.mark.parametrize("size", [1, 3, 16, None])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_bias_alone_finds_the_weighted_mean(size: int | None, dtype: str) -> None:
    """Half the rows are 0, half are 1 and weigh nine times as much: 9/10, not 1/2."""
    n = 400
    x, y = np.zeros((n, 1)), np.tile([0.0, 1.0], n // 2)
    spec = NetworkSpec(1, (Dense(1),), Loss("squared_error"))
    training = TrainingSpec(
        optimizer="sgd",
        learning_rate=0.02 if size else 0.5,
        schedule="cosine",
        batch_size=size,
        epochs=60 if size else 100,
    )
    params = engine.initialize(spec, dtype=dtype)
    weights = np.where(y == 1, 9.0, 1.0)
    result = engine.fit(spec, params, x, y, training, sample_weight=weights)
    assert result.params["b1"][0] == pytest.approx(0.9, abs=0.02)
    assert result.history.loss[-1] == pytest.approx(0.045, rel=0.1)  # 0.1 0.9 / 2: Σ s l / Σ s


@pytest.mark.parametrize("batch_size", [1, 4, 16, None])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("as_in_scikit_learn", [False, True])
def test_epochs_are_the_references(
    batch_size: int | None, reduction: str, as_in_scikit_learn: bool
) -> None:
    if as_in_scikit_learn and reduction == "sum":
        pytest.skip("there a batch has a mean")
    training = replace(
        TRAINING,
        batch_size=batch_size,
        reduction=reduction,
        clip_norm=None,
        penalty_per_batch=as_in_scikit_learn,
    )
    arguments = (SPEC, engine.initialize(SPEC, dtype="float64"), X, Y, training)
    expected, _, history = reference_fit(*arguments, sample_weight=WEIGHTS)
    result = engine.fit(*arguments, sample_weight=WEIGHTS)
    assert normwise(result.params, expected) <= 1e-12
    np.testing.assert_allclose(result.history.loss, history.loss, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_unit_of_weights_changes_no_bit(dtype: str) -> None:
    params = engine.initialize(SPEC, dtype=dtype)

    def fitted(weights: np.ndarray | None) -> engine.FitResult:
        return engine.fit(SPEC, params, X, Y, TRAINING, sample_weight=weights)

    once, often = fitted(WEIGHTS), fitted(1024 * WEIGHTS)
    assert same_bits(once.params, often.params)
    assert once.history.loss == often.history.loss
    ones = fitted(np.ones(len(X)))
    assert same_bits(fitted(None).params, ones.params)


def test_the_mean_is_that_of_the_rows_that_are_trained_on() -> None:
    weights = np.r_[WEIGHTS, np.full(7, 100.0)]
    table = (np.r_[X, X[:7]], np.r_[Y, Y[:7]])
    params = engine.initialize(SPEC)
    some = engine.fit(SPEC, params, *table, TRAINING, sample_weight=weights, rows=np.arange(len(X)))
    alone = engine.fit(SPEC, params, X, Y, TRAINING, sample_weight=WEIGHTS)
    assert same_bits(some.params, alone.params)
