"""Many files in child processes with limits: a crash or a hang is a finding, and can be replayed.

A child takes a chunk of the work by its number; the same seed and number give the same files. It
may use the memory that it has when it begins, and twice the largest file and 64 MiB beside it.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fuzz.forgeries import forgeries
from fuzz.judge import BYTES, Finding, answers, judged
from fuzz.models import MODELS, saved
from fuzz.mutations import MUTATIONS, SIGNED, splice

CHUNK = 10_000
_HANG = 30  # seconds of work on one file, after which a child is ended; 1 s is a finding already
_WAIT = 600  # seconds on any clock, for a file that does not even work


@dataclass
class Outcome:
    """Counts of verdicts, and what was found: (model, change, sentence)."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Add the counts and findings of another part of the work."""
        self.counts.update(other.counts)
        self.findings += other.findings

    def __str__(self) -> str:
        total = sum(self.counts.values())
        parts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(self.counts.items()))
        return f"{total:,} files: {parts}; {len(self.findings)} findings"


def mutants(files: dict[str, bytes], seed: int, count: int) -> Iterator[tuple[str, str, bytes]]:
    """(model, change, file): damaged copies, one in five of them signed again."""
    rng = random.Random(seed)
    names = list(files)
    for _ in range(count):
        name = rng.choice(names)
        data, draw = files[name], rng.random()
        if draw < 0.2:
            change = rng.choice(SIGNED)
            yield name, change.__name__, change(data, rng)
        elif draw < 0.3:
            other = rng.choice(names)
            yield name, f"splice with {other}", splice(data, files[other], rng)
        else:
            change = rng.choice(MUTATIONS)
            yield name, change.__name__, change(data, rng)


def forged(files: dict[str, bytes], chosen: slice) -> Iterator[tuple[str, str, bytes]]:
    """(model, change, file): these of all forgeries."""
    every = ((name, *one) for name, data in files.items() for one in forgeries(data))
    for name, what, make in itertools.islice(every, chosen.start, chosen.stop, chosen.step):
        yield name, what, make()


def survey(
    files: dict[str, bytes], work: Iterator[tuple[str, str, bytes]], measure: bool
) -> Outcome:
    """Judge file after file in this process."""
    from chainrule.estimators.load import loads

    expected = {name: answers(loads(data)) for name, data in files.items()}
    outcome = Outcome()
    for name, what, data in work:
        signal.setitimer(signal.ITIMER_PROF, _HANG)
        signal.alarm(_WAIT)
        try:
            outcome.counts[judged(data, expected[name], measure)] += 1
        except Finding as finding:
            outcome.counts["found"] += 1
            outcome.findings.append((name, what, str(finding)))
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)
    return outcome


def child(arguments: list[str]) -> int:
    """One chunk, as its own process; prints its outcome as JSON."""
    kind, folder, seed, count, step = arguments
    files = {path.stem: path.read_bytes() for path in sorted(Path(folder).glob("*.safetensors"))}
    for data in files.values():  # what a first load and answer import and keep
        from chainrule.estimators.load import loads

        answers(loads(data))
    room = 2 * max(map(len, files.values())) + BYTES
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + room + (64 << 20), resource.RLIM_INFINITY))
    if kind == "mutants":
        work = mutants(files, int(seed), int(count))
    else:
        first, each = int(seed), int(step)
        work = forged(files, slice(first * each, (first + int(count)) * each, each))
    outcome = survey(files, work, measure=True)
    print(json.dumps([outcome.counts, outcome.findings]))
    return 0


def campaign(
    kind: str, total: int, seed: int, folder: Path, seconds: float, workers: int = 1, step: int = 1
) -> Outcome:
    """So many mutants, or each `step`-th forgery, in child processes, until the time is over."""
    for name in MODELS:
        (folder / f"{name}.safetensors").write_bytes(saved(name))
    begin, outcome = time.monotonic(), Outcome()
    starts = range(0, total, CHUNK)

    def run(start: int) -> Outcome:
        if time.monotonic() - begin > seconds:
            return Outcome()
        first = seed + start if kind == "mutants" else start
        count = min(CHUNK, total - start)
        return _child([kind, str(folder), str(first), str(count), str(step)])

    with ThreadPoolExecutor(workers) as pool:
        for number, part in enumerate(pool.map(run, starts)):
            outcome.add(part)
            for finding in part.findings:
                print(*finding, sep=": ", flush=True)
            if number % 10 == 9:
                rate = sum(outcome.counts.values()) / (time.monotonic() - begin)
                print(f"{outcome}; {rate:,.0f} files a second", flush=True)
    return outcome


def _child(arguments: list[str]) -> Outcome:
    command = [sys.executable, "-m", "fuzz", "child", *arguments]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        said = f"exit code {done.returncode}: {last}"
        return Outcome(Counter({"found": 1}), [("a child", " ".join(arguments), said)])
    found: tuple[dict[str, int], list[Any]] = json.loads(done.stdout.splitlines()[-1])
    return Outcome(Counter(found[0]), [tuple(one) for one in found[1]])
