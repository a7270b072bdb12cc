"""fit_many: the networks of one after the other, its errors, and Ctrl-C."""

from __future__ import annotations

import signal
import threading

import numpy as np
import pytest

from chainrule import engine
from chainrule.engine import FitJob
from chainrule.errors import DivergedError
from chainrule.spec import Dense, History, Loss, NetworkSpec, TrainingSpec
from comparing import same_bits, same_state

SPEC = NetworkSpec(5, (Dense(12, "tanh"), Dense(2)), Loss("squared_error"))
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 5)), RNG.normal(size=(60, 2))
PARAMS = engine.initialize(SPEC)


def test_many_networks_at_once_are_one_after_the_other() -> None:
    jobs = [
        FitJob(
            SPEC,
            engine.initialize(SPEC, seed=seed),
            X,
            Y,
            TrainingSpec(epochs=4, seed=seed),
            {"rows": np.arange(seed, 60), "eval_rows": np.arange(10)},
        )
        for seed in range(7)
    ]
    expected = [
        engine.fit(job.spec, job.params, job.X, job.y, job.training, **job.options) for job in jobs
    ]
    for n_threads in (1, 2, 4, None):
        results = engine.fit_many(jobs, n_threads=n_threads)
        for result, alone in zip(results, expected, strict=True):
            assert same_bits(result.params, alone.params)
            assert same_state(result.state, alone.state)
            assert result.history.validation_loss == alone.history.validation_loss
    assert engine.fit_many([]) == []


def test_the_error_of_one_of_many_is_raised() -> None:
    good = FitJob(SPEC, PARAMS, X, Y, TrainingSpec(epochs=1))
    bad = FitJob(SPEC, {k: w * np.nan for k, w in PARAMS.items()}, X, Y, TrainingSpec(epochs=1))
    with pytest.raises(DivergedError, match="epoch 0"):
        engine.fit_many([good, bad, good], n_threads=2)


@pytest.mark.parametrize("n_threads", [1, 2])
def test_ctrl_c_ends_all_of_many(n_threads: int) -> None:
    rows, held_out = np.arange(0, len(X), 2), np.arange(1, len(X), 2)
    begun = threading.Barrier(n_threads)

    def press(epoch: int, history: History) -> None:
        if epoch == 3:
            begun.wait()
            signal.raise_signal(signal.SIGINT)

    def wait(epoch: int, history: History) -> None:
        if epoch == 3:
            begun.wait()

    jobs = [
        FitJob(
            SPEC, PARAMS, X, Y, TrainingSpec(epochs=200_000, seed=seed),
            {"rows": rows, "eval_rows": held_out, "callback": callback},
        )
        for seed, callback in enumerate([press, wait, wait, wait])
    ]  # fmt: skip
    # A process started in the background may ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.warns(UserWarning, match="interrupted") as caught:
            results = engine.fit_many(jobs, n_threads=n_threads)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(caught) == 1
    assert all(result.history.interrupted for result in results)
    assert [result.history.n_epochs > 0 for result in results] == [k < n_threads for k in range(4)]
    for job, result in zip(jobs, results, strict=True):
        best = result.history.best_epoch
        epochs = 0 if best is None else best + 1
        if epochs == 0:
            assert same_bits(result.params, job.params)
            continue
        short = TrainingSpec(epochs=epochs, seed=job.training.seed)
        assert same_bits(engine.fit(SPEC, PARAMS, X, Y, short, rows=rows).params, result.params)
