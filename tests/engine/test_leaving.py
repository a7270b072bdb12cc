"""Threads that train or predict while the interpreter ends, and arrays that others want to move."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable

import numpy as np
import pytest

from chainrule import Network, engine
from chainrule.errors import DataNotice

_SCENE = """
import os, sys, threading, time, warnings
import numpy as np
from chainrule import MLPRegressor, Network, TabularRegressor
X = np.random.default_rng(0).standard_normal((20_000, 30)).astype("float32")
y = X[:, :1].copy()
begun = threading.Event()
def told(*_):
    begun.set()
def work():
    {work}
threading.Thread(target=work, daemon=True).start()
begun.wait(30)
{end}
"""
_SCENES = {
    "fit": "Network([30, 64, 1]).fit(X, y, epochs=10**6, callback=told)",
    "fit without callback": "begun.set(); Network([30, 64, 1]).fit(X, y, epochs=10**6)",
    "many fits": "[Network([30, 8, 1]).fit(X, y, epochs=1, callback=told) for _ in range(10**6)]",
    "predict": "n = Network([30, 512, 512, 1]); begun.set(); [n.predict(X) for _ in range(10**6)]",
    "trace": "n = Network([30, 64, 1]); begun.set(); [n.loss(X, y) for _ in range(10**6)]",
    "bag": "begun.set(); TabularRegressor(epochs=10**5).fit(X, y.ravel())",
    "drop-in": "begun.set(); MLPRegressor(max_iter=10**5, tol=0).fit(X, y.ravel())",
}
_ENDS = {"end": "", "error": "raise SystemExit(3)"}


def scene(work: str, end: str) -> tuple[int, str]:
    code = _SCENE.format(work=_SCENES[work], end="time.sleep(0.2)\n" + _ENDS[end])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stderr


def test_a_thread_that_trains_does_not_abort_the_end() -> None:
    assert scene("fit", "end") == (0, "")


@pytest.mark.slow
@pytest.mark.parametrize("end", _ENDS)
@pytest.mark.parametrize("work", _SCENES)
def test_the_interpreter_ends_in_silence(work: str, end: str) -> None:
    assert scene(work, end) == (3 if end == "error" else 0, "")


def test_arrays_keep_their_memory_while_the_core_reads_them() -> None:
    X = np.random.default_rng(0).standard_normal((500, 3)).astype(np.float32)
    y, weights = X[:, :1].copy(), np.ones(500, np.float32)
    held_out = X.copy(), y.copy()
    refused = []

    def resize(*_: object) -> None:
        for array in (X, y, *held_out):
            with pytest.raises(ValueError, match="cannot resize"):
                array.resize((1, array.shape[1]), refcheck=False)
            refused.append(array)

    net = Network([3, 4, 1])
    net.fit(X, y, sample_weight=weights, eval_set=held_out, epochs=2, callback=resize)
    assert len(refused) == 8
    X.resize((1, 3), refcheck=False)  # afterwards they are free again


def test_views_hold_what_they_look_into() -> None:
    owner = np.zeros((500, 6), np.float32)
    view = owner[:, :]

    def resize(*_: object) -> None:
        with pytest.raises(ValueError, match="cannot resize"):
            owner.resize((1, 6), refcheck=False)

    Network([6, 2, 1]).fit(view, np.zeros(500), epochs=1, callback=resize)


@pytest.mark.slow
def test_another_thread_writes_into_the_rows() -> None:
    """Class indices and rows change all the while: any numbers, but no crash."""
    X = np.random.default_rng(0).standard_normal((3000, 3)).astype(np.float32)
    y, ended = np.zeros(3000, np.int32), threading.Event()

    def write() -> None:
        while not ended.is_set():
            y[:] = 10**6
            X[::7] = np.nan
            y[:] = -5
            X[::7] = 1.0

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(20):
            y[:] = 0
            net = Network([3, 8, 2], loss="cross_entropy")
            try:
                net.fit(X, np.zeros(3000, np.int32), epochs=3)
                net.fit(X, y, epochs=3, eval_set=(X, y))
            except ValueError:
                pass  # what was met at the check, or not finite in the loss
    finally:
        ended.set()
        writer.join()


def test_outputs_that_are_not_finite_are_told() -> None:
    net = Network([3, 4, 1])
    net.params = {"W1": np.full((4, 3), 1e38), "W2": np.full((1, 4), 1e38)}
    with pytest.warns(DataNotice, match=r"z\(2\)\[0\] is infinite .* has W1\[0, 0\] = 1e\+38"):
        net.loss(np.ones((2, 3)), np.ones(2))


@pytest.mark.parametrize("make", [np.asarray, lambda array: array[1:]])
def test_what_is_checked_cannot_be_resized_before_it_is_used(
    make: Callable[[np.ndarray], np.ndarray],
) -> None:
    """Another thread may run between the check of an array and the core's reading of it."""
    owner = np.zeros((4, 3))
    own = engine.own_view(make(owner))
    with pytest.raises(ValueError, match="cannot resize"):
        owner.resize((1, 3), refcheck=False)
    assert own.base is not owner
    assert np.shares_memory(own, owner)
    del own
    owner.resize((1, 3), refcheck=False)
