"""A stop in the middle of a long step: soon, and as if that step had never begun."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from chainrule import _core, engine
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

DRAW = np.random.default_rng(0)
SPEC = NetworkSpec(
    64, (Dense(512, "relu"), Dense(512, "relu"), Dense(4, "softmax")), Loss("cross_entropy")
)
PARAMS = engine.initialize(SPEC)
N = 12_000  # whose step, of some 10^10 multiply-adds, is a long one
X = DRAW.standard_normal((N, 64)).astype(np.float32)
Y = DRAW.integers(0, 4, N)
FULL = TrainingSpec(epochs=1, batch_size=None, n_threads=1)
OPTIONS = (
    *("--preset", "fast", "--hidden", "1024,1024,1024", "--batch-size", "4000"),
    *("--model", "m.safetensors"),
)
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:training was interrupted")]


class Asked:
    """A `stop` that notes this thread's seconds of work, and agrees after some of them."""

    def __init__(self, until: float = np.inf) -> None:
        self.start, self.until = time.thread_time(), until
        self.times: list[float] = []

    def __call__(self) -> bool:
        self.times.append(time.thread_time() - self.start)
        return self.times[-1] > self.until


def seconds_of(call: Callable[[], Any]) -> float:
    start = time.thread_time()
    call()
    return time.thread_time() - start


def test_it_is_asked_all_the_while() -> None:
    """Of a step, a third are gradients, in which nobody was asked once."""
    asked = Asked()
    whole = seconds_of(lambda: engine.fit(SPEC, PARAMS, X, Y, FULL, stop=asked))
    gaps = np.diff([*asked.times, whole])
    assert gaps.max() < whole / 6, (gaps.max(), whole)


@pytest.mark.parametrize("clip_norm", [None, 0.1])
def test_nothing_is_left_of_the_step(clip_norm: float | None) -> None:
    training = replace(FULL, epochs=3, clip_norm=clip_norm)
    first = engine.fit(SPEC, PARAMS, X, Y, replace(training, epochs=1))
    whole = seconds_of(lambda: engine.fit(SPEC, PARAMS, X, Y, replace(training, epochs=1)))
    for share in (0.3, 0.7, 0.9):
        found = engine.fit(
            SPEC, first.params, X, Y, training, state=first.state, stop=Asked(share * whole)
        )
        assert found.history.interrupted
        if found.history.n_epochs:  # the machine is faster than a moment ago
            continue
        for name, array in first.params.items():
            np.testing.assert_array_equal(found.params[name], array)
        assert found.state.n_steps == first.state.n_steps == 1
        for name, array in first.state.moments.items():
            np.testing.assert_array_equal(found.state.moments[name], array)


def test_the_scoring_of_an_epoch_is_left() -> None:
    few = replace(FULL, epochs=2, batch_size=8)
    asked = Asked(0.02)
    found = engine.fit(
        SPEC, PARAMS, X[:8], Y[:8], few, eval_set=(X.repeat(3, 0), Y.repeat(3)), stop=asked
    )
    assert found.history.interrupted and found.history.n_epochs == 0
    assert found.history.loss == found.history.validation_loss == []
    for name, array in PARAMS.items():
        np.testing.assert_array_equal(found.params[name], array)


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs the timers of POSIX")
def test_a_long_prediction_ends_by_ctrl_c() -> None:
    rows = X.repeat(6, 0)
    whole = seconds_of(lambda: engine.predict(SPEC, PARAMS, rows, n_threads=1))
    before = signal.signal(signal.SIGPROF, signal.default_int_handler)
    try:
        signal.setitimer(signal.ITIMER_PROF, whole / 4)
        start = time.thread_time()
        with pytest.raises(KeyboardInterrupt):
            engine.predict(SPEC, PARAMS, rows, n_threads=1)
        assert time.thread_time() - start < 0.8 * whole
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    assert engine.predict(SPEC, PARAMS, X[:3]).shape == (3, 4)


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_command_ends_within_its_first_epoch(
    number: int, code: int, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    from chainrule.cli.app import main

    monkeypatch.chdir(tmp_path)
    np.savetxt("t.csv", np.c_[X[:4000, :4], Y[:4000]], "%.4f", ",", header="a,b,c,d,y", comments="")
    fit, seen = _core.fit, []

    def signalled(**arguments: Any) -> Any:
        threading.Timer(0.1, os.kill, (os.getpid(), number)).start()
        seen.append(fit(**arguments))
        return seen[-1]

    monkeypatch.setattr(_core, "fit", signalled)
    handlers = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    for n in handlers:
        signal.signal(n, signal.default_int_handler if n == signal.SIGINT else signal.SIG_DFL)
    try:
        found = main(["train", "t.csv", "--target", "y", *OPTIONS])
    finally:
        for n, handler in handlers.items():
            signal.signal(n, handler)
    assert found == code, capsys.readouterr()
    assert [out.history.stop_reason for out in seen] == ["interrupted"]
    assert list(tmp_path.iterdir()) == [tmp_path / "t.csv"]
