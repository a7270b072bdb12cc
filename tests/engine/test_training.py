"""fit among everything else in a process: signals, memory, forks, threads, floating-point modes."""

from __future__ import annotations

import json
import locale
import os
import signal
import subprocess
import sys
import textwrap
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from chainrule import engine
from chainrule.errors import DivergedError
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

unix = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and POSIX signals")

SPEC = NetworkSpec(5, (Dense(12, "tanh"), Dense(2)), Loss("squared_error"))
RNG = np.random.default_rng(0)
X, Y = RNG.normal(size=(60, 5)), RNG.normal(size=(60, 2))
PARAMS = engine.initialize(SPEC)

PRELUDE = """
import json, os, resource, signal, sys, threading, time, warnings
import numpy as np
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a parent ignores it
from chainrule import engine
from chainrule.errors import DataError
from chainrule.spec import Dense, Loss, NetworkSpec, TrainingSpec

def problem(width, n, dtype="float32"):
    rng = np.random.default_rng(0)
    spec = NetworkSpec(10, (Dense(width, "tanh"), Dense(1)), Loss("squared_error"))
    params = engine.initialize(spec, dtype=dtype)
    return spec, params, rng.normal(size=(n, 10)), rng.normal(size=n)
"""


def child(code: str, timeout: float = 60.0) -> Any:
    """What the code prints as its last line, as JSON, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(code)],
        capture_output=True,
        text=True,
        timeout=timeout,
        env={**os.environ, "PYTHONPATH": str(Path(engine.__file__).parents[2])},
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    assert "nanobind: leaked" not in done.stderr
    return json.loads(done.stdout.splitlines()[-1])


INTERRUPTED = """
width, n, batch_size, wait = {settings}
spec, params, X, y = problem(width, n)
training = TrainingSpec(epochs=10**8, batch_size=batch_size, n_threads=2)
sent = []
def send():
    time.sleep(wait)
    sent.append(time.perf_counter())
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=send).start()
handler = signal.getsignal(signal.SIGINT)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    result = engine.fit(spec, params, X, y, training{extra})
latency = time.perf_counter() - sent[0]
history = result.history
n_epochs = history.n_epochs if history.best_epoch is None else history.best_epoch + 1
again = engine.fit(spec, params, X, y,
                   TrainingSpec(epochs=n_epochs, batch_size=batch_size))
equal = all(again.params[k].tobytes() == result.params[k].tobytes() for k in params)
print(json.dumps([equal, history.interrupted, history.stop_reason, [str(w.message) for w in caught],
                  latency, n_epochs, signal.getsignal(signal.SIGINT) is handler]))
"""


@unix
@pytest.mark.parametrize(
    ("settings", "extra"),
    [
        ((4, 100, 10, 0.1), ""),
        ((300, 2000, None, 0.15), ""),
        ((1500, 30_000, None, 0.3), ""),
        ((4, 100, 10, 0.1), ", callback=lambda *_: None"),
        ((4, 100, 10, 0.1), ", eval_set=(X, y), metric=lambda a: 0.0"),
    ],
    ids=["tiny", "wide", "one-long-step", "callback", "metric"],
)
def test_ctrl_c_keeps_the_last_completed_epoch(settings: tuple[Any, ...], extra: str) -> None:
    equal, interrupted, reason, messages, latency, n_epochs, kept = child(
        INTERRUPTED.format(settings=settings, extra=extra)
    )
    print(f"latency {1e3 * latency:.1f} ms after {n_epochs} epochs")
    assert interrupted
    assert reason == "interrupted"
    assert len(messages) == 1
    assert messages[0].startswith("training was interrupted after ")
    assert equal
    assert kept


@unix
@pytest.mark.slow
def test_a_hundred_signals_at_random_moments() -> None:
    rng = np.random.default_rng(0)
    shapes = [(4, 100, 10), (30, 500, None), (200, 1000, 64), (600, 3000, None), (8, 60, 1)]
    latencies = []
    for k in range(100):
        settings = (*shapes[k % 5], float(rng.uniform(0.03, 0.15)))
        equal, interrupted, *_, latency, _, _ = child(
            INTERRUPTED.format(settings=settings, extra="")
        )
        assert equal, settings
        assert interrupted
        latencies.append(latency)
    print(f"latency p50 {np.median(latencies):.3f} s, worst {max(latencies):.3f} s")


@unix
def test_another_signals_exception_ends_the_call() -> None:
    code = """
    spec, params, X, y = problem(4, 100)
    def stop(*_):
        raise TimeoutError("enough")
    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        engine.fit(spec, params, X, y, TrainingSpec(epochs=10**8))
    except TimeoutError as error:
        print(json.dumps(str(error)))
    """
    assert child(code) == "enough"


@unix
def test_what_is_too_large_is_a_memory_error_and_training_goes_on() -> None:
    code = """
    limit = 2 << 30 if "t" in sys.abiflags else 1 << 30  # whose allocator reserves one of them
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    outcomes = []
    def attempt(call):
        try:
            call()
            outcomes.append("done")
        except Exception as error:
            outcomes.append(f"{type(error).__name__}: {error}")
    def network(*sizes):
        return NetworkSpec(sizes[0], tuple(Dense(n) for n in sizes[1:]), Loss("squared_error"))
    def wide(*sizes):
        spec = network(*sizes)
        params = {k: np.broadcast_to(np.float32(0), s) for k, s in spec.parameter_shapes.items()}
        return engine.fit(spec, params, np.zeros((1, sizes[0])), np.zeros((1, sizes[-1])))
    tall = np.broadcast_to(np.float32(0), (2**31, 10))
    spec, params, X, y = problem(4, 100)
    attempt(lambda: engine.predict(spec, params, np.broadcast_to(0.0, (2**40, 10))))
    attempt(lambda: engine.predict(spec, params, tall))
    attempt(lambda: engine.initialize(network(1 << 24, 1 << 24)))
    attempt(lambda: wide(1 << 24, 1 << 24, 1))
    attempt(lambda: wide(20000, 20000, 1))
    attempt(lambda: engine.fit(spec, params, X, y, TrainingSpec(n_threads=10**6, epochs=2)))
    attempt(lambda: engine.fit(spec, params, X, y))
    print(json.dumps(outcomes))
    """
    refused, stretched, *memory, crowded, done = child(code, timeout=120)
    assert refused.startswith("DataError: X has 1099511627776 rows")
    # More than the machine has, or more than this process may have.
    assert stretched.startswith(("DataError: X has shape (2147483648, 10)", "MemoryError"))
    for outcome in memory:
        assert "MemoryError" in outcome, memory
    assert crowded == done == "done"


@unix
def test_every_allocation_that_fails_is_a_memory_error() -> None:
    """Less and less memory until nothing works; whatever happens, the next call is whole again."""
    code = """
    spec, params, X, y = problem(2000, 4000)
    training = TrainingSpec(epochs=1, batch_size=None, n_threads=2)
    def used():
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    seen = set()
    for spare in range(0, 200 << 20, 10 << 20):
        resource.setrlimit(resource.RLIMIT_AS, (used() + spare, resource.RLIM_INFINITY))
        try:
            engine.fit(spec, params, X, y, training)
            seen.add("done")
        except MemoryError:
            seen.add("memory")
        except SystemError as error:
            # What Python 3.11 raises, without any of us, where it has no memory for a frame of its
            # own functions; from 3.12 on it is a MemoryError.
            if str(error) != "error return without exception set" or sys.version_info >= (3, 12):
                raise
            seen.add("memory")
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY,) * 2)
    engine.fit(spec, params, X, y, training)
    print(json.dumps(sorted(seen)))
    """
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs /proc")
    assert child(code, timeout=120) == ["done", "memory"]


@unix
def test_fit_in_the_parent_then_in_the_child() -> None:
    code = """
    spec, params, X, y = problem(64, 500)
    training = TrainingSpec(epochs=3, n_threads=2)
    expected = engine.fit(spec, params, X, y, training).params["W1"].tobytes()
    codes = []
    for _ in range(10):
        pid = os.fork()
        if pid == 0:
            same = engine.fit(spec, params, X, y, training).params["W1"].tobytes() == expected
            os._exit(0 if same else 1)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    print(json.dumps(codes))
    """
    assert child(code) == [0] * 10


@unix
def test_fork_while_another_thread_fits() -> None:
    code = """
    spec, params, X, y = problem(64, 500)
    busy = threading.Thread(
        target=engine.fit,
        args=(spec, params, X, y, TrainingSpec(time_limit=0.5, epochs=10**8, n_threads=2)),
    )
    busy.start()
    codes = []
    for _ in range(5):
        pid = os.fork()
        if pid == 0:
            engine.fit(spec, params, X, y, TrainingSpec(epochs=2, n_threads=2))
            os._exit(0)
        codes.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    busy.join()
    print(json.dumps(codes))
    """
    assert child(code) == [0] * 5


def test_other_threads_run_while_fit_computes() -> None:
    code = """
    spec, params, X, y = problem(64, 500)
    counted = [0]
    going = True
    def count():
        while going:
            counted[0] += 1
            time.sleep(0.001)
    thread = threading.Thread(target=count)
    thread.start()
    engine.fit(spec, params, X, y, TrainingSpec(time_limit=0.3, epochs=10**8, n_threads=1))
    going = False
    thread.join()
    print(json.dumps(counted[0]))
    """
    assert child(code) > 10


def subnormals_count() -> bool:
    """Whether the smallest subnormal number, halved and doubled as an operand, is kept."""
    return bool(np.float64(5e-324) * np.float64(1.0) > 0 and np.float64(1e-308) / 4 > 0)


def test_the_floating_point_mode_stays_the_callers() -> None:
    modes = []

    def record(*_: object) -> float:
        modes.append(subnormals_count())
        return 0.0

    assert subnormals_count()
    engine.fit(SPEC, PARAMS, X, Y, TrainingSpec(epochs=2), eval_set=(X, Y), metric=record)
    engine.fit(SPEC, PARAMS, X, Y, TrainingSpec(epochs=2, n_threads=2), callback=record)
    assert modes == [True] * 4
    nan = {name: w * np.float32(np.nan) for name, w in PARAMS.items()}
    with pytest.raises(DivergedError):
        engine.fit(SPEC, nan, X, Y)
    engine.predict(SPEC, PARAMS, X)
    engine.trace(SPEC, PARAMS, X, Y)
    engine.numeric_gradients(SPEC, PARAMS, X, Y)
    assert subnormals_count()
    with np.errstate(all="raise"):  # no flag is left behind either
        engine.fit(SPEC, PARAMS, X, Y, TrainingSpec(epochs=2))
        assert np.float64(1.0) + np.float64(1.0) == 2.0


@unix
def test_signals_generator_locale_and_affinity_stay_as_they_were() -> None:
    handlers = {s: signal.getsignal(s) for s in signal.valid_signals()}
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    spoken = locale.setlocale(locale.LC_ALL)
    np.random.seed(7)
    expected = np.random.random()
    np.random.seed(7)
    affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    environment = dict(os.environ)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        engine.fit(SPEC, PARAMS, X, Y, TrainingSpec(epochs=2, n_threads=2))
        engine.predict(SPEC, PARAMS, X, n_threads=2)
        engine.trace(SPEC, PARAMS, X, Y)
    assert np.random.random() == expected
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == masked
    assert locale.setlocale(locale.LC_ALL) == spoken
    assert {s: signal.getsignal(s) for s in handlers} == handlers
    assert affinity is None or os.sched_getaffinity(0) == affinity
    assert dict(os.environ) == environment


@pytest.mark.slow
def test_a_thousand_rounds_leave_nothing_behind() -> None:
    """Fit, predict, save and load add at most 1 MiB, and the bindings tell of no leak."""
    code = """
    import gc, pathlib, tempfile
    from chainrule import Network, load
    X = np.random.default_rng(0).standard_normal((60, 5))
    y = X[:, 0].copy()
    def used():
        gc.collect()
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.safetensors"
        def round_():
            net = Network([5, 8, 1])
            net.fit(X, y, epochs=2, eval_set=(X, y))
            net.predict(X)
            net.trace(X[:2], y[:2])
            net.save(path)
            load(path).predict(X)
        for _ in range(200):
            round_()
        before = used()
        for _ in range(1000):
            round_()
        print(json.dumps(used() - before))
    """
    if not Path("/proc/self/statm").exists():
        pytest.skip("needs /proc")
    assert child(code, timeout=300) <= 1 << 20
