"""The killing suite: one process imports everything, and forks for each mutant.

A first run without a mutant says how long each test takes and which mutants it reaches. Then a
fork per mutant runs tests that reach it until one fails: first the few that have killed most in
the same file; then of each test function one case, then a second one, the fast functions first.
"""

from __future__ import annotations

import bisect
import contextlib
import ctypes
import itertools
import json
import mmap
import os
import resource
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

# Verdicts; what does not begin like one of these is killed.
SURVIVED, UNREACHED = "survived", "survived: no test reaches it"
IMPOSSIBLE = "impossible: it would not compile"

SLOWEST = 2.0  # seconds of a test beyond which it is left out
PATIENCE = 3  # seconds of computing that a fork may take besides five times its tests'
LEARNED = 6  # tests that go first, as they have killed most
AWAKE = 20.0  # seconds after which a fork holds no other up
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
    number: int
    seconds: float
    item: pytest.Item
    reached: set[int]


class _Trial(NamedTuple):
    """A fork that runs tests of one mutant; in `failed` it leaves the number of one that fails."""

    mutant: int
    begun: float
    end: float
    failed: mmap.mmap


class Plugin:
    """Runs the collected tests in its own way, and records what became of each mutant."""

    def __init__(
        self,
        core: Core,
        files: dict[int, str],
        workers: int,
        seconds: float,
        record: Callable[[int, str], None],
    ) -> None:
        self.core, self.workers, self.record = core, workers, record
        self.files = files  # of the mutants to judge
        self.seconds = seconds  # of tests for one mutant
        self._kills: defaultdict[str, Counter[int]] = defaultdict(Counter)  # of tests, by file
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
        for k in self.impossible.intersection(self.files):
            self.record(k, IMPOSSIBLE)
        waiting = [k for k in self.files if k not in self.impossible]
        running: dict[int, _Trial] = {}
        while waiting or running:
            while waiting and self._has_room(running):
                k = waiting.pop()
                if chosen := self._chosen(k, tests):
                    pid, trial = self._forked(k, chosen)
                    running[pid] = trial
                else:
                    self.record(k, UNREACHED)
            self._collect(running)
        return True

    def _has_room(self, running: dict[int, _Trial]) -> bool:
        """Whether a worker is free; forks that wait for each other's threads need none."""
        awake = sum(time.monotonic() - trial.begun < AWAKE for trial in running.values())
        return awake < self.workers and len(running) < 3 * self.workers

    def _chosen(self, k: int, tests: Sequence[_Test]) -> list[_Test]:
        """Tests that reach a mutant, as many as there is time for."""
        kills = self._kills[self.files[k]]
        best = {number for number, _ in kills.most_common(LEARNED)}
        reaching = [test for test in tests if k in test.reached]
        reaching.sort(key=lambda test: (test.number not in best, -kills[test.number]))
        spent = list(itertools.accumulate(test.seconds for test in reaching))
        return reaching[: 1 + bisect.bisect(spent, self.seconds)]

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
                reached = {k for k, mark in enumerate(marks) if mark}
                found.append(_Test(len(found), seconds, item, reached))
        return found

    def _passes(self, item: pytest.Item) -> bool:
        self._outcomes = set()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        return self._outcomes == {"passed"}

    def _forked(self, k: int, tests: Sequence[_Test]) -> tuple[int, _Trial]:
        seconds = sum(test.seconds for test in tests)
        failed = mmap.mmap(-1, 8)
        pid = os.fork()
        if pid:
            begun = time.monotonic()
            return pid, _Trial(k, begun, begun + ASLEEP + 20 * seconds, failed)
        with contextlib.suppress(BaseException):
            _silence()
            most = int(time.process_time() + PATIENCE + 5 * seconds)
            resource.setrlimit(resource.RLIMIT_CPU, (most, most + 1))
            self.core.mutant.value = k
            for test in tests:
                failed[:] = test.number.to_bytes(8, "little")  # or it ends in there
                if not self._passes(test.item):
                    os._exit(1)
            os._exit(0)
        os._exit(2)

    def _collect(self, running: dict[int, _Trial]) -> None:
        for pid, trial in list(running.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done == 0 and time.monotonic() < trial.end:
                continue
            if done == 0:
                os.kill(pid, signal.SIGKILL)
                _, status = os.waitpid(pid, 0)
            code = os.waitstatus_to_exitcode(status)
            self.record(trial.mutant, SURVIVED if code == 0 else _killed(code))
            if code > 0:
                number = int.from_bytes(trial.failed[:], "little")
                self._kills[self.files[trial.mutant]][number] += 1
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

        files = {number: key.partition(":")[0] for number, key in keys.items()}
        plugin = Plugin(Core.of(package, count), files, workers, seconds, record)
        options = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:terminal",
                   "-p", "no:faulthandler", "-o", "addopts=--import-mode=importlib", "-m",
                   "not slow and not peers and not browser"]  # fmt: skip
        pytest.main([*options, *tests], plugins=[plugin])
