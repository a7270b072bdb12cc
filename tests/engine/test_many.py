"""fit_many: the networks of one after the other, its errors, and Ctrl-C."""

from __future__ import annotations

import signal
import threading
import time
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.engine import FitJob, FitResult
from chainrule.engine.jobs import with_shared_arrays, with_threads, work_of
from chainrule.errors import DataError, DivergedError
from chainrule.spec import Dense, History, Loss, NetworkSpec, PeriodicEmbedding, TrainingSpec
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


def unlike_jobs(X: Any = X, epochs: int = 3, **options: Any) -> list[FitJob]:
    """Networks of several depths, widths and optimizers, some with periodic embeddings."""
    shapes = [((4,), False), ((24, 8), True), ((64, 32, 16), True), ((9,), False), ((33,), True)]
    found = []
    for seed, (widths, periodic) in enumerate(shapes):
        hidden = (*(Dense(width, "relu") for width in widths), Dense(2))
        layers = (PeriodicEmbedding(4, 3), *hidden) if periodic else hidden
        spec = NetworkSpec(5, layers, Loss("squared_error"))
        training = TrainingSpec(
            epochs=epochs, seed=seed, batch_size=16, optimizer=("adam", "sgd")[seed % 2]
        )
        rows = {"rows": np.arange(40), "eval_rows": np.arange(40, 60), **options}
        found.append(FitJob(spec, engine.initialize(spec, seed=seed), X, Y, training, rows))
    return found


def alone(job: FitJob) -> FitResult:
    return engine.fit(job.spec, job.params, job.X, job.y, job.training, **job.options)


@pytest.mark.parametrize("n_threads", [1, 2, 7])
def test_unlike_networks_are_one_after_the_other(n_threads: int) -> None:
    jobs = unlike_jobs()
    for result, job in zip(engine.fit_many(jobs, n_threads=n_threads), jobs, strict=True):
        assert same_bits(result.params, alone(job).params)


@pytest.mark.parametrize("n_threads", [1, 3])
def test_the_selector_sees_each_epochs_outputs_and_ends_networks(n_threads: int) -> None:
    jobs, newest = unlike_jobs(epochs=4), {}

    def select(place: int, epoch: int, outputs: np.ndarray) -> bool:
        newest.setdefault(place, []).append((epoch, outputs))
        return epoch == place

    results = engine.fit_many(jobs, n_threads=n_threads, selector=select)
    for place, (job, result) in enumerate(zip(jobs, results, strict=True)):
        n_epochs = min(place + 1, 4)
        assert [epoch for epoch, _ in newest[place]] == list(range(n_epochs))
        assert result.history.stop_reason == ("selector" if place < 3 else "epochs")
        assert not result.history.interrupted
        shorter = replace(job, training=replace(job.training, epochs=n_epochs), options={})
        last = engine.fit(
            shorter.spec, shorter.params, X, Y, shorter.training, rows=np.arange(40)
        ).params
        outputs = newest[place][-1][1]
        assert np.array_equal(outputs, engine.predict(job.spec, last, X[40:]))
        best = result.history.best_epoch
        assert best is not None
        assert np.array_equal(
            newest[place][best][1], engine.predict(job.spec, result.params, X[40:])
        )


def test_a_selector_beside_outputs_and_a_callback_of_the_job() -> None:
    kept: list[np.ndarray] = []
    told: list[int] = []
    job = unlike_jobs()[1]
    job.options["outputs"] = kept.append
    job.options["callback"] = lambda epoch, history: told.append(epoch)
    (result,) = engine.fit_many([job], selector=lambda place, epoch, outputs: epoch == 1)
    assert result.history.stop_reason == "selector"
    assert (len(kept), told) == (2, [0, 1])


def test_one_selector_at_a_time_and_its_error_ends_all() -> None:
    inside = threading.Lock()

    def select(place: int, epoch: int, outputs: np.ndarray) -> None:
        assert inside.acquire(blocking=False)
        time.sleep(0.001)
        inside.release()
        if epoch == 3:
            raise RuntimeError("no ensemble")

    jobs = unlike_jobs(epochs=1_000_000)
    with pytest.raises(RuntimeError, match="no ensemble"):
        engine.fit_many(jobs, n_threads=3, selector=select)


def test_a_selector_needs_validation_rows() -> None:
    with pytest.raises(DataError, match="selector needs validation rows"):
        engine.fit_many(unlike_jobs(eval_rows=None), selector=lambda *newest: False)


def test_stop_ends_all_without_a_word(recwarn: pytest.WarningsRecorder) -> None:
    start = time.monotonic()
    results = engine.fit_many(
        unlike_jobs(epochs=1_000_000), n_threads=2, stop=lambda: time.monotonic() > start + 0.05
    )
    assert all(result.history.interrupted for result in results)
    assert not recwarn.list


def test_the_longest_come_first() -> None:
    begun: list[int] = []
    jobs = unlike_jobs(epochs=1)
    for place, job in enumerate(jobs):
        job.options["callback"] = lambda epoch, history, place=place: begun.append(place)
    engine.fit_many(jobs, n_threads=1)
    assert begun == sorted(range(5), key=lambda place: -work_of(jobs[place]))
    assert begun[0] == 2


@pytest.mark.parametrize("given", ["nothing", "n_threads", "time_limit"])
def test_who_is_left_over_shares_the_cores(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five on two cores: two, and then three at once, unless someone says how many or how long."""
    monkeypatch.setattr("chainrule._core.available_threads", lambda: 2)
    training = TrainingSpec(epochs=2, time_limit=60.0 if given == "time_limit" else None)
    last_three = threading.Barrier(3)
    running: set[int] = set()
    most: list[int] = []

    def after(place: int, epoch: int) -> None:
        if epoch == 1:
            running.discard(place)
            return
        running.add(place)
        most.append(len(running))
        if given == "nothing" and place >= 2:
            last_three.wait(timeout=30)

    jobs = []
    for place in range(5):
        options = {"callback": lambda epoch, history, place=place: after(place, epoch)}
        jobs.append(FitJob(SPEC, PARAMS, X, Y, training, options))
    engine.fit_many(jobs, n_threads=2 if given == "n_threads" else None)
    assert max(most) == 3 if given == "nothing" else max(most) <= 2


def test_threads_that_are_left_over_go_to_the_wide() -> None:
    wide = NetworkSpec(5, (Dense(512), Dense(512), Dense(2)), Loss("squared_error"))
    training = TrainingSpec(batch_size=60)
    big = FitJob(wide, engine.initialize(wide), X, Y, training)
    small = FitJob(SPEC, PARAMS, X, Y, training)
    threads = [job.training.n_threads for job in with_threads([small, big, big], 8)]
    assert threads == [1, 3, 3]
    assert [job.training.n_threads for job in with_threads([big] * 9, 8)] == [1] * 9
    (result,) = engine.fit_many([big], n_threads=2)
    assert same_bits(result.params, alone(big).params)


def test_a_shared_table_is_converted_once_or_not_at_all() -> None:
    single = X.astype(np.float32)
    assert all(job.X is single for job in unlike_jobs(single))
    for table in (X, single):
        shared = with_shared_arrays(unlike_jobs(table))
        first = shared[0].X
        assert first.dtype == np.float32
        assert all(job.X is first for job in shared)
        assert np.shares_memory(first, single) == (table is single)
    with pytest.raises(DataError, match="eval_set must be a pair"):
        engine.fit_many(unlike_jobs(eval_rows=None, eval_set=5))
    wrong = np.full((60, 5), np.nan)
    with pytest.raises(DataError, match="X holds nan at row 0"):
        engine.fit_many(unlike_jobs(wrong))
