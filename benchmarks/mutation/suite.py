"""The killing suite: one process imports everything, and forks for each mutant.

A first run without a mutant says how long each test takes and which mutants it reaches. Then a
fork per mutant runs tests that reach it until one fails: of each test function one case, then a
second one, the fast functions first.
"""

from __future__ import annotations

import bisect
import contextlib
import ctypes
import itertools
import json
import os
import resource
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

# Verdicts; what does not begin like one of these is killed.
SURVIVED, UNREACHED = "survived", "survived: no test reaches it"
IMPOSSIBLE = "impossible: it would not compile"

SLOWEST = 2.0  # seconds of a test beyond which it is left out
PATIENCE = 10  # seconds of computing that a fork may take besides five times its tests'
ASLEEP = 90.0  # seconds after which a fork that computes no more is ended


class Core(NamedTuple):
    """The switch and the marks of the core that is loaded."""

    mutant: ctypes.c_int
    reached: Any

    @classmethod
    def of(cls, package: Path, count: int) -> Core:
        """Those of the module that lies in a package."""
        (module,) = (package / "chainrule").glob("_core*.so")
        library = ctypes.CDLL(str(module))
        marks = (ctypes.c_ubyte * (count + 2)).in_dll(library, "chainrule_reached")
        return cls(ctypes.c_int.in_dll(library, "chainrule_mutant"), marks)


class _Test(NamedTuple):
    seconds: float
    item: pytest.Item
    reached: set[int]


class Plugin:
    """Runs the collected tests in its own way, and records what became of each mutant."""

    def __init__(
        self,
        core: Core,
        mutants: Sequence[int],
        workers: int,
        seconds: float,
        record: Callable[[int, str], None],
    ) -> None:
        self.core, self.mutants, self.workers, self.record = core, mutants, workers, record
        self.seconds = seconds  # of tests for one mutant
        self.impossible: set[int] = set()
        self._outcomes: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what the test that runs now came to."""
        self._outcomes.add("failed" if report.failed else report.outcome)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Measure all tests, then judge all mutants."""
        tests = _spread(self._measured(session.items))
        print(f"\n{len(tests)} of {len(session.items)} tests take part, "
              f"{sum(test.seconds for test in tests):.0f} s in all", flush=True)  # fmt: skip
        for k in self.impossible.intersection(self.mutants):
            self.record(k, IMPOSSIBLE)
        waiting = [k for k in self.mutants if k not in self.impossible]
        running: dict[int, tuple[int, float]] = {}
        while waiting or running:
            while waiting and len(running) < self.workers:
                k = waiting.pop()
                chosen = [test for test in tests if k in test.reached]
                if not chosen:
                    self.record(k, UNREACHED)
                    continue
                spent = list(itertools.accumulate(test.seconds for test in chosen))
                chosen = chosen[: 1 + bisect.bisect(spent, self.seconds)]
                spent = spent[: len(chosen)]
                pid = self._forked(k, [test.item for test in chosen], spent[-1])
                running[pid] = (k, time.monotonic() + ASLEEP + 20 * spent[-1])
            self._collect(running)
        return True

    def _measured(self, items: Sequence[pytest.Item]) -> list[_Test]:
        found = []
        for item in items:
            ctypes.memset(self.core.reached, 0, len(self.core.reached))
            begun = time.process_time()
            passed = self._passes(item)
            seconds = time.process_time() - begun
            marks = bytes(self.core.reached)
            self.impossible |= {k for k, mark in enumerate(marks) if mark == 2}
            if passed and seconds < SLOWEST:
                found.append(_Test(seconds, item, {k for k, mark in enumerate(marks) if mark}))
        return found

    def _passes(self, item: pytest.Item) -> bool:
        self._outcomes = set()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return self._outcomes == {"passed"}

    def _forked(self, k: int, items: Sequence[pytest.Item], seconds: float) -> int:
        pid = os.fork()
        if pid:
            return pid
        with contextlib.suppress(BaseException):
            _silence()
            most = int(time.process_time() + PATIENCE + 5 * seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
            self.core.mutant.value = k
            for item in items:
                if not self._passes(item):
                    os._exit(1)
            os._exit(0)
        os._exit(2)

    def _collect(self, running: dict[int, tuple[int, float]]) -> None:
        for pid, (k, end) in list(running.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done == 0 and time.monotonic() < end:
                continue
            if done == 0:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
                self.record(k, "killed: it hangs")
            else:
                code = os.waitstatus_to_exitcode(status)
                self.record(k, SURVIVED if code == 0 else _killed(code))
            del running[pid]
        time.sleep(0.002)


def _spread(tests: Sequence[_Test]) -> list[_Test]:
    """One case of each test function, then the second ones."""
    seen: Counter[str] = Counter()
    ranked = []
    for test in sorted(tests, key=lambda test: test.seconds):
        function = test.item.nodeid.partition("[")[0]
        ranked.append((seen[function], test.seconds, len(ranked), test))
        seen[function] += 1
    return [test for *_, test in sorted(ranked)]


def _killed(code: int) -> str:
    if -code in (signal.SIGXCPU, signal.SIGKILL):
        return "killed: it hangs"
    return "killed: a test fails" if code > 0 else f"killed: {signal.Signals(-code).name}"


def _silence() -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)


def judge(
    package: Path,
    count: int,
    keys: dict[int, str],
    tests: Sequence[str],
    workers: int,
    seconds: float,
    kept: Path,
) -> None:
    """Write the verdicts on mutants, number -> key, at the end of a file, line by line."""
    with kept.open("a", encoding="utf-8") as file:

        def record(k: int, verdict: str) -> None:
            file.write(json.dumps([keys[k], verdict]) + "\n")
            file.flush()

        plugin = Plugin(Core.of(package, count), list(keys), workers, seconds, record)
        options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal",
                   "-p", "no:faulthandler", "-o", "addopts=--import-mode=importlib", "-m",
                   "not slow and not peers and not browser"]  # fmt: skip
        pytest.main([*options, *tests], plugins=[plugin])
