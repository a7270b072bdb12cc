"""Intervals hold what they state: by the definition, by simulation, and on trained networks."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

import chainrule
from chainrule import TabularRegressor
from chainrule.errors import DataError, SpecError
from chainrule.estimators.tabular.intervals import HeldOutErrors
from chainrule.estimators.tabular.number_target import NumberTarget
from chainrule.estimators.tabular.rows import Rows

SAME = (0, 0)


def one_output(*members):
    columns = [np.array(m, float)[:, np.newaxis] for m in members]
    return HeldOutErrors.fit(columns, [None] * len(columns))


def bounds(errors, predictions, coverage, units=None):
    columns = [np.array(p, float)[:, np.newaxis] for p in predictions]
    units = [np.ones_like(c) for c in columns] if units is None else units
    return errors.bounds(columns, units, SAME, coverage)


def test_worked_numbers():
    errors = one_output(range(-9, 10))  # 19 errors: 5 % of 20 lie on either side
    np.testing.assert_array_equal(bounds(errors, [[100.0]], 0.9), [[91.0, 109.0]])
    np.testing.assert_array_equal(bounds(errors, [[0.0]], 0.8), [[-8.0, 8.0]])
    with pytest.raises(DataError, match=r"coverage=0.95 needs 39 validation rows; .* has 19"):
        bounds(errors, [[100.0]], 0.95)
    with pytest.raises(DataError, match="no errors of validation rows"):
        bounds(HeldOutErrors(), [[100.0]], 0.9)


def test_a_bag_is_cv_plus_by_its_definition():
    rng = np.random.default_rng(0)
    errors = [np.sort(rng.normal(size=m)) for m in (40, 41, 38)]
    predictions = [rng.normal(size=25) for _ in errors]
    found = bounds(one_output(*errors), predictions, 0.9)
    n = sum(map(len, errors))
    rank = math.ceil(0.95 * (n + 1))
    for row in range(25):
        values = [p[row] + e for p, e in zip(predictions, errors, strict=True)]
        ascending = np.sort(np.concatenate(values))
        expected = [ascending[n - rank], ascending[rank - 1]]
        np.testing.assert_allclose(found[row], expected, rtol=0, atol=1e-12)


def test_coverage_over_many_draws():
    rng = np.random.default_rng(1)
    draws, n = 4000, 39
    for coverage in (0.5, 0.8, 0.95):
        hits = 0
        for _ in range(draws):
            drawn = rng.exponential(size=n + 1)
            low, high = bounds(one_output(drawn[:n]), [[0.0]], coverage)[0]
            hits += low <= drawn[n] <= high
        spread = math.sqrt(coverage * (1 - coverage) / draws)
        # At least what is stated; the ranks of 39 errors overshoot by at most 2 / 40.
        assert -4 * spread < hits / draws - coverage < 2 / (n + 1) + 4 * spread


def test_weights_move_errors_and_claim_no_more_rows_than_there_are():
    rng = np.random.default_rng(2)
    errors, weights = rng.normal(size=(30, 2)), rng.integers(0, 4, 30).astype(float)
    weighted = HeldOutErrors.fit([errors], [weights]).members[0]
    m = round(weights.sum() ** 2 / (weights @ weights))
    assert len(weighted) == m < np.count_nonzero(weights)
    copied, shares = np.repeat(errors, weights.astype(int), axis=0), (np.arange(m) + 0.5) / m
    expected = np.quantile(copied, shares, axis=0, method="averaged_inverted_cdf")
    np.testing.assert_allclose(weighted, expected, rtol=1e-14)
    often = HeldOutErrors.fit([errors], [1024 * weights]).members[0]
    np.testing.assert_array_equal(often, weighted)
    normalized = HeldOutErrors.fit([errors], [np.full(30, 1 / 30)]).members[0]
    np.testing.assert_array_equal(normalized, np.sort(errors, axis=0))


def test_many_errors_are_thinned():
    many = np.random.default_rng(2).normal(size=(50_001, 1))
    kept = HeldOutErrors.fit([many], [None]).members[0]
    assert len(kept) == 1000
    np.testing.assert_allclose(
        kept[:, 0], np.quantile(many, (np.arange(1000) + 0.5) / 1000), atol=1e-2
    )


def table(n, seed, counts=False):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, size=(n, 3))
    mean = np.sin(2 * X[:, 0]) + X[:, 1]
    if counts:
        return X, rng.poisson(np.exp(1 + mean)).astype(float)
    return X, mean + (0.2 + 0.4 * (X[:, 2] > 0)) * rng.normal(size=n)


def model(**given):
    arguments = {"hidden_layer_sizes": 32, "epochs": 40, "random_state": 0}
    return TabularRegressor(**arguments | given)


@pytest.mark.parametrize("n_members", [1, 4])
@pytest.mark.parametrize("loss", ["squared_error", "absolute_error", "poisson", "pinball"])
def test_coverage_of_trained_networks(loss, n_members, tmp_path):
    X, y = table(1500, 0, counts=loss == "poisson")
    X_new, y_new = table(4000, 1, counts=loss == "poisson")
    fitted = model(loss=loss, n_members=n_members).fit(X, y)
    for coverage in (0.8, 0.9):
        found = fitted.predict_interval(X_new, coverage)
        assert found.shape == (4000, 2)
        inside = np.mean((y_new >= found[:, 0]) & (y_new <= found[:, 1]))
        n_held_out = 300 if n_members == 1 else 1500
        spread = math.sqrt(coverage * (1 - coverage) * (1 / n_held_out + 1 / 4000))
        # Members that disagree make CV+ wider than it need be.
        extra = 0.0 if n_members == 1 else 0.08
        assert coverage - 4 * spread < inside < coverage + 4 * spread + extra
    if loss == "poisson":
        assert found.min() >= 0.0
    fitted.save(tmp_path / "model.safetensors")
    again = chainrule.load(tmp_path / "model.safetensors")
    np.testing.assert_array_equal(again.predict_interval(X_new, 0.9), found)


def test_intervals_of_quantiles_follow_the_spread():
    X, y = table(3000, 0)
    fitted = model(loss="pinball", quantiles=(0.05, 0.95)).fit(X, y)
    width = np.diff(fitted.predict_interval(X, 0.9), axis=1)[:, 0]
    noisy = X[:, 2] > 0
    assert 1.5 < width[noisy].mean() / width[~noisy].mean() < 3.5  # the noise is 0.6 and 0.2


def test_several_targets_and_an_evaluation_set():
    X, y = table(1000, 0)
    Y = np.column_stack([y, -10.0 * y])
    X_eval, y_eval = table(199, 2)
    fitted = model().fit(X, Y, eval_set=(X_eval, np.column_stack([y_eval, -10.0 * y_eval])))
    found = fitted.predict_interval(X[:5])
    assert found.shape == (5, 2, 2)
    predicted = fitted.predict(X[:5])
    assert (found[:, 0] <= predicted).all()
    assert (predicted <= found[:, 1]).all()


def test_members_that_share_their_rows_have_errors_together():
    y = np.arange(40.0)
    target = NumberTarget.fit(y, None, {"loss": None})
    rows = Rows(np.zeros((40, 1)), target.encode(y), y, None)
    up, down = (target.encode(y + off) for off in (3.0, -3.0))
    together = target.adjusted([up, down], [rows, rows], {})
    assert len(together.errors.members) == 1
    inner = slice(3, 37)  # predictions stay within the range of y
    np.testing.assert_allclose(
        together.interval([up[inner], down[inner]], 0.5), np.column_stack([y, y])[inner], atol=1.5
    )
    apart = target.adjusted([up, down], [rows, replace(rows)], {})
    assert len(apart.errors.members) == 2
    assert len(apart.interval([up, down], 0.5)) == 40


def test_refusals():
    X, y = table(60, 0)
    fitted = model(validation_fraction=0.0, epochs=1).fit(X, y)
    with pytest.raises(DataError, match="validation_fraction above 0"):
        fitted.predict_interval(X)
    fitted = model(epochs=1, n_members=1).fit(X, y)
    with pytest.raises(DataError, match=r"coverage=0.9 needs 19 validation rows; .* 12"):
        fitted.predict_interval(X)
    for coverage in (0.0, 1, 1.5, "90%"):
        with pytest.raises(SpecError, match="coverage must be a number between 0 and 1"):
            fitted.predict_interval(X, coverage)
