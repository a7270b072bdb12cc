"""Interleaved rounds: A, B, C, A, B, C, ... so that a busy minute falls on everyone."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.cases import Case
from benchmarks.peers import PEERS, Peer
from benchmarks.workers import Worker, peer_worker

#: Relative difference of loss curves beyond which a timing does not count.
TOLERANCE = 1e-4
#: Median over minimum beyond which a timing is flagged.
UNSTEADY = 1.1


@dataclass
class Timing:
    """One system with one number of threads on one case; microseconds per step."""

    system: str
    threads: int
    microseconds: list[float] = field(default_factory=list)
    first_seconds: float = 0.0
    import_seconds: float = 0.0
    setting: str = ""
    loss_difference: float = 0.0
    error: str = ""

    @property
    def minimum(self) -> float:
        return min(self.microseconds)

    @property
    def median(self) -> float:
        return statistics.median(self.microseconds)

    @property
    def unsteady(self) -> bool:
        return self.median > UNSTEADY * self.minimum

    def to_json(self) -> dict[str, Any]:
        form = asdict(self)
        if self.microseconds:
            form |= {"minimum": self.minimum, "median": self.median, "unsteady": self.unsteady}
        return form


class Pool:
    """Measuring processes, started at first use and kept."""

    def __init__(self, peers: Iterable[Peer] = PEERS) -> None:
        self.module_of = {name: peer.module for peer in peers for name in peer.systems}
        self._workers: dict[tuple[str, int], Worker] = {}

    def worker(self, system: str, threads: int) -> Worker:
        key = (self.module_of[system], threads)
        if key not in self._workers:
            self._workers[key] = peer_worker(*key)
        return self._workers[key]

    def drop(self) -> None:
        for worker in self._workers.values():
            worker.ask(do="drop")

    def close(self) -> None:
        for worker in self._workers.values():
            worker.close()
        self._workers.clear()


def measure(
    pool: Pool,
    case: Case,
    systems: Mapping[str, Sequence[int]],
    *,
    rounds: int = 7,
    seconds: float = 0.3,
    reference: str = "chainrule",
    unchecked: Iterable[str] = (),
) -> list[Timing]:
    """Time the case.

    Parameters
    ----------
    systems : mapping of str to sequence of int
        Name -> numbers of threads.
    seconds : float
        Of one run of one system.
    reference : str
        Whose loss curve the others must meet; measured first.
    unchecked : names
        Systems that see the rows in another order.
    """
    timings = [Timing(name, threads) for name, counts in systems.items() for threads in counts]
    curve: list[float] = []
    for timing in timings:
        say(f"{case.name}: preparing {timing.system} on {timing.threads}")
        reply = pool.worker(timing.system, timing.threads).ask(
            do="prepare",
            system=timing.system,
            case=case.to_json(),
            seconds=seconds,
        )
        if "error" in reply:
            timing.error = reply["error"]
            continue
        timing.first_seconds = reply["first_seconds"]
        timing.import_seconds = reply["import_seconds"]
        timing.setting = reply["setting"]
        if timing.system == reference and not curve:
            curve = reply["losses"]
        elif timing.system not in unchecked and curve:
            timing.loss_difference = difference(reply["losses"], curve)
            if not timing.loss_difference <= TOLERANCE:
                timing.error = f"its losses differ by {timing.loss_difference:.1e}"
    for number in range(rounds):
        say(f"{case.name}: round {number + 1} of {rounds}")
        for timing in timings:
            if timing.error:
                continue
            worker = pool.worker(timing.system, timing.threads)
            reply = worker.ask(do="round", system=timing.system)
            if "error" in reply:
                timing.error = reply["error"]
                continue
            timing.microseconds.append(reply["seconds"] / reply["steps"] * 1e6)
            time.sleep(0.005)  # lets a peer's spinning threads fall asleep
    pool.drop()
    say("")
    return timings


def difference(losses: Sequence[float], curve: Sequence[float]) -> float:
    """Largest relative difference of two curves."""
    if len(losses) != len(curve):
        return float("inf")
    return max(abs(a - b) / abs(b) for a, b in zip(losses, curve, strict=True))


def best(timings: Iterable[Timing], names: Iterable[str]) -> Timing | None:
    """The one with the lowest median of those that count."""
    wanted = set(names)
    counted = [t for t in timings if t.system in wanted and t.microseconds and not t.error]
    return min(counted, key=lambda timing: timing.median, default=None)


def say(text: str) -> None:
    """A line of progress that the next one replaces."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
