"""The loop: what it records, when it stops, what it gives back, how it goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DivergedError
from chainrule.reference.fit import fit as reference_fit
from chainrule.spec import OPTIMIZERS, Dense, Dropout, Loss, NetworkSpec, TrainingSpec
from comparing import normwise, same_bits, same_state
from strategies import random_problem

SPEC = NetworkSpec(4, (Dense(9, "tanh"), Dropout(0.2), Dense(2)), Loss("squared_error"))
RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4))
Y = RNG.normal(size=(50, 2))
PARAMS = engine.initialize(SPEC, dtype="float64")


def run(training: TrainingSpec, **options: Any) -> engine.FitResult:
    return engine.fit(SPEC, PARAMS, X, Y, training, **options)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_second_fit_goes_on_where_the_first_ended(optimizer: str, dtype: str) -> None:
    """Moments, counters, order of rows, masks: two halves are one whole, to the bit."""
    params = engine.initialize(SPEC, dtype=dtype)
    training = TrainingSpec(optimizer=optimizer, epochs=7, batch_size=12, clip_norm=0.5)
    whole = engine.fit(SPEC, params, X, Y, training)
    for cut in (1, 3, 6):
        half = engine.fit(SPEC, params, X, Y, replace(training, epochs=cut))
        rest = engine.fit(
            SPEC,
            half.params,
            X,
            Y,
            replace(training, epochs=7 - cut, n_threads=2),
            state=half.state,
        )
        assert same_bits(rest.params, whole.params)
        assert same_state(rest.state, whole.state)
        assert half.history.loss + rest.history.loss == whole.history.loss
        assert half.history.n_steps + rest.history.n_steps == whole.history.n_steps
        assert rest.state.epoch == 7
        assert rest.state.n_steps == 35


def test_another_optimizer_starts_anew_and_counts_epochs_on() -> None:
    half = run(TrainingSpec(optimizer="adam", epochs=2))
    rest = engine.fit(
        SPEC, half.params, X, Y, TrainingSpec(optimizer="momentum", epochs=1), state=half.state
    )
    assert rest.state.epoch == 3
    assert rest.state.n_steps == rest.history.n_steps == 2
    assert all(name.startswith("velocity.") for name in rest.state.moments)


def test_two_fits_are_the_references_two_fits() -> None:
    problem = random_problem(12)
    training = replace(problem.training, epochs=4, batch_size=3)
    arguments = (problem.spec, problem.params, problem.X, problem.y, training)
    params, state, _ = reference_fit(*arguments)
    expected, _, _ = reference_fit(problem.spec, params, *arguments[2:], state=state)
    half = engine.fit(*arguments)
    rest = engine.fit(problem.spec, half.params, *arguments[2:], state=half.state)
    assert normwise(rest.params, expected) <= 1e-12


def test_no_epochs_change_nothing() -> None:
    result = run(TrainingSpec(epochs=0))
    assert same_bits(result.params, PARAMS)
    assert result.history.n_epochs == result.history.n_steps == 0
    assert result.history.stop_reason == "epochs"


def test_the_parameters_given_are_never_written() -> None:
    before = {name: array.copy() for name, array in PARAMS.items()}
    run(TrainingSpec(epochs=3))
    assert same_bits(PARAMS, before)


@pytest.mark.parametrize(("as_in_scikit_learn", "n_steps"), [(False, 15), (True, 12)])
def test_batches_without_weight(as_in_scikit_learn: bool, n_steps: int) -> None:
    weights = np.random.default_rng(1).uniform(0.1, 3.0, 50)
    weights[10:20] = 0.0
    training = TrainingSpec(
        epochs=3,
        batch_size=10,
        shuffle=False,
        schedule="cosine",
        l2=0.1,
        penalty_per_batch=as_in_scikit_learn,
    )
    result = run(training, sample_weight=weights)
    params, state, history = reference_fit(SPEC, PARAMS, X, Y, training, sample_weight=weights)
    assert result.history.n_steps == result.state.n_steps == history.n_steps == n_steps
    assert normwise(result.params, params) <= 1e-12
    np.testing.assert_allclose(result.history.loss, history.loss, rtol=1e-12)
    np.testing.assert_allclose(result.history.penalty, history.penalty, rtol=1e-12)
    assert state.n_steps == n_steps


def test_chosen_rows_are_a_table_of_their_own() -> None:
    """Without dropout, whose masks belong to a row's place in the whole table."""
    spec = NetworkSpec(4, (Dense(9, "tanh"), Dense(2)), Loss("squared_error"))
    params = engine.initialize(spec)
    rows = np.random.default_rng(3).permutation(50)[:33]
    weights = np.random.default_rng(4).uniform(size=50)
    training = TrainingSpec(epochs=3, batch_size=8)
    chosen = engine.fit(
        spec, params, X, Y, training, rows=rows, eval_rows=[1, 2], sample_weight=weights
    )
    table = engine.fit(
        spec,
        params,
        X[rows],
        Y[rows],
        training,
        sample_weight=weights[rows],
        eval_set=(X[[1, 2]], Y[[1, 2]]),
        eval_sample_weight=weights[[1, 2]],
    )
    assert same_bits(chosen.params, table.params)
    assert chosen.history.loss == table.history.loss
    assert chosen.history.validation_loss == table.history.validation_loss


def test_masks_follow_a_row_through_any_choice_of_rows() -> None:
    training = TrainingSpec(epochs=1, batch_size=None, optimizer="sgd")
    first = run(training, rows=np.arange(50)[::-1])
    second = run(training)
    assert normwise(first.params, second.params) <= 1e-14


@pytest.mark.parametrize("metric", ["loss", "mae", "rmse"])
def test_the_best_epoch_comes_back(metric: str) -> None:
    spec = NetworkSpec(4, (Dense(30, "relu"), Dense(2)), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    training = TrainingSpec(epochs=60, batch_size=5, learning_rate=0.01)
    held_out = (X[40:], Y[40:])
    result = engine.fit(
        spec, params, X, Y, training, rows=np.arange(40), eval_set=held_out, metric=metric
    )
    history = result.history
    scores = history.validation_loss if metric == "loss" else history.validation_metric
    assert (history.validation_metric == []) == (metric == "loss")
    best = min(scores)
    assert history.best_epoch == max(k for k, score in enumerate(scores) if score == best)
    assert history.best_epoch < 59  # it overfits
    prediction = engine.predict(spec, result.params, held_out[0])
    error = prediction - held_out[1]
    expected = {
        "loss": 0.5 * (error**2).sum(axis=1).mean(),
        "mae": np.abs(error).mean(),
        "rmse": np.sqrt((error**2).mean()),
    }[metric]
    assert best == pytest.approx(expected, rel=1e-12)
    shorter = engine.fit(
        spec, params, X, Y, replace(training, epochs=history.best_epoch + 1), rows=np.arange(40)
    )
    assert same_bits(shorter.params, result.params)


def test_of_equal_epochs_the_last_is_best() -> None:
    result = run(TrainingSpec(epochs=5, learning_rate=0.0), eval_set=(X, Y))
    assert result.history.best_epoch == 4


def test_the_error_metric_counts_wrong_labels() -> None:
    spec = NetworkSpec(4, (Dense(3, "softmax"),), Loss("cross_entropy"))
    params = engine.initialize(spec, dtype="float64")
    labels = np.arange(50) % 3
    weights = np.linspace(0.1, 2.0, 50)
    result = engine.fit(
        spec,
        params,
        X,
        labels,
        TrainingSpec(epochs=1),
        eval_set=(X, labels),
        eval_sample_weight=weights,
        metric="error",
    )
    wrong = engine.predict(spec, result.params, X).argmax(axis=1) != labels
    assert result.history.validation_metric[0] == pytest.approx(wrong @ weights / weights.sum())


def test_a_metric_of_ones_own_sees_the_predictions() -> None:
    seen = []

    def metric(prediction: np.ndarray) -> float:
        seen.append(prediction.copy())
        return float(len(seen) != 2)  # the second epoch is best

    result = run(TrainingSpec(epochs=4), eval_set=(X, Y), metric=metric)
    assert result.history.validation_metric == [1.0, 0.0, 1.0, 1.0]
    assert result.history.best_epoch == 1
    np.testing.assert_array_equal(engine.predict(SPEC, result.params, X), seen[1])


def test_stopping_rules() -> None:
    reasons = {
        "patience": TrainingSpec(epochs=50, patience=3, learning_rate=0.0, shuffle=False),
        "tol": TrainingSpec(epochs=50, tol=1e-3, learning_rate=0.0, shuffle=False),
        "time_limit": TrainingSpec(epochs=10**9, time_limit=0.05),
        "epochs": TrainingSpec(epochs=2),
    }
    spec = NetworkSpec(4, (Dense(2),), Loss("squared_error"))
    params = engine.initialize(spec)
    for reason, training in reasons.items():
        result = engine.fit(spec, params, X, Y, training)
        assert result.history.stop_reason == reason
        assert not result.history.interrupted
        n_epochs = {"patience": 4, "tol": 2, "epochs": 2}.get(reason)
        assert n_epochs is None or result.history.n_epochs == n_epochs


@pytest.mark.parametrize("clip_norm", [0.5, 1.0, 2.0])
def test_a_step_of_plain_descent_is_as_long_as_it_is_clipped(clip_norm: float) -> None:
    """The gradient by weight and bias is (-1, -1): clipped it is as long as the bound."""
    spec = NetworkSpec(1, (Dense(1),), Loss("absolute_error"))
    params = {"W1": np.zeros((1, 1)), "b1": np.zeros(1)}
    training = TrainingSpec("sgd", learning_rate=0.25, epochs=1, clip_norm=clip_norm)
    found = engine.fit(spec, params, [[1.0]], [1024.0], training).params
    moved = 0.25 * min(1.0, clip_norm / np.sqrt(2))
    np.testing.assert_allclose([found["W1"][0, 0], found["b1"][0]], moved, rtol=1e-15)


def test_tol_asks_for_less_than_that() -> None:
    """The loss of a far target falls by the rate of 1/2 in every epoch, exactly."""
    spec = NetworkSpec(1, (Dense(1),), Loss("absolute_error"))
    params = {"W1": np.zeros((1, 1)), "b1": np.zeros(1)}
    training = TrainingSpec(
        "sgd", learning_rate=0.5, epochs=6, batch_size=None, learning_rate_factors={"W": 0.0}
    )
    for tol, n_epochs in ((0.4999, 6), (0.5, 6), (0.5001, 2)):
        found = engine.fit(spec, params, [[1.0]], [1024.0], replace(training, tol=tol))
        assert found.history.n_epochs == n_epochs
        assert found.history.loss[:2] == [1024.0, 1023.5]


def test_a_callback_is_called_after_each_epoch_and_may_stop() -> None:
    calls = []

    def callback(epoch: int, history: engine.training.History) -> bool:
        calls.append((epoch, list(history.loss)))
        return epoch == 2

    result = run(TrainingSpec(epochs=10), callback=callback)
    assert [epoch for epoch, _ in calls] == [0, 1, 2]
    assert calls[-1][1] == result.history.loss
    assert result.history.stop_reason == "callback"
    assert same_bits(result.params, run(TrainingSpec(epochs=3)).params)


def test_the_first_error_of_a_metric_or_callback_ends_the_call() -> None:
    calls = 0

    def broken(*_: object) -> float:
        nonlocal calls
        calls += 1
        raise KeyError(f"call {calls}")

    for option in ({"metric": broken, "eval_set": (X, Y)}, {"callback": broken}):
        calls = 0
        with pytest.raises(KeyError, match="call 1"):
            run(TrainingSpec(epochs=1000), **option)
        assert calls == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [None, 10])
def test_divergence_is_named_and_the_last_finite_epoch_kept(
    dtype: str, batch_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.recovery, "MOST_LOWERED", 0)
    spec = NetworkSpec(4, (Dense(9, "relu"), Dense(2)), Loss("squared_error"))
    params = engine.initialize(spec, dtype=dtype)
    training = TrainingSpec(
        optimizer="sgd", learning_rate=10.0, epochs=100, batch_size=batch_size, reduction="sum"
    )
    with pytest.raises(DivergedError, match="left the finite numbers in epoch") as caught:
        engine.fit(spec, params, X, Y, training)
    result = caught.value.result
    assert "learning_rate" in caught.value.hint
    assert all(np.isfinite(w).all() for w in result.params.values())
    assert result.history.stop_reason == "diverged"
    assert np.isfinite(result.history.loss).all()
    n_epochs = result.history.n_epochs
    again = engine.fit(spec, params, X, Y, replace(training, epochs=n_epochs))
    assert same_bits(again.params, result.params)


@pytest.mark.parametrize("units", [1, 40])  # a small network's step, and the one in blocks
def test_weights_that_overflow_in_the_last_update_are_not_returned(units: int) -> None:
    """The loss of the only epoch is finite, and so is every gradient."""
    spec = NetworkSpec(1, (Dense(units),), Loss("squared_error"))
    params = {"W1": np.ones((units, 1), np.float32), "b1": np.zeros(units, np.float32)}
    training = TrainingSpec(optimizer="sgd", learning_rate=1e30, epochs=1, batch_size=None)
    x, y = np.full((2, 1), 1e9), np.zeros((2, units))
    with pytest.raises(DivergedError, match="in epoch 0, batch 0") as caught:
        engine.fit(spec, params, x, y, training)
    assert same_bits(caught.value.result.params, params)


def test_nan_weights_are_refused_at_the_first_loss() -> None:
    params = {name: array.copy() for name, array in PARAMS.items()}
    params["W1"][0, 0] = np.nan
    with pytest.raises(DivergedError, match="epoch 0, batch 0"):
        engine.fit(SPEC, params, X, Y, TrainingSpec(epochs=2))


def test_the_best_epoch_survives_a_later_divergence() -> None:
    spec = NetworkSpec(4, (Dense(2),), Loss("squared_error"))
    params = engine.initialize(spec, dtype="float64")
    training = TrainingSpec(optimizer="sgd", learning_rate=3.0, epochs=10**6, batch_size=None)
    with pytest.raises(DivergedError) as caught:
        engine.fit(spec, params, X, Y, training, eval_set=(X, Y))
    result = caught.value.result
    best = result.history.best_epoch
    again = engine.fit(spec, params, X, Y, replace(training, epochs=best + 1))
    assert same_bits(again.params, result.params)


def test_epochs_beyond_counting_do_not_overflow_the_schedule() -> None:
    """Of four batches each, there would be 2^64 steps: two epochs are near their beginning."""
    training = TrainingSpec(epochs=1 << 62, schedule="cosine", batch_size=13)
    found = run(training, callback=lambda epoch, history: epoch == 1)
    constant = run(replace(training, epochs=2, schedule="constant"))
    assert same_bits(found.params, constant.params)


def test_xor_learns_as_the_original_example_did(xor: Any) -> None:
    result = engine.fit(xor.spec, xor.params, xor.X, xor.y, xor.training)
    assert result.history.loss[0] == pytest.approx(0.575949643, abs=1e-9)
    np.testing.assert_allclose(
        engine.predict(xor.spec, result.params, xor.X).ravel(),
        [0.06028403490133595, 0.9444784005976045, 0.9443731977856975, 0.05996464530429643],
        rtol=0,
        atol=1e-9,
    )
    np.testing.assert_allclose(
        result.params["W2"], [[-8.026635365285362, 7.4211608201554755]], atol=1e-9
    )
    np.testing.assert_allclose(result.params["b2"], [-3.350009770053441], atol=1e-9)
