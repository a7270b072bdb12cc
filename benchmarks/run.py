"""One run of the benchmark: its settings, its machine, its measuring processes."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.machine import instruction_set, machine, machine_line, warnings
from benchmarks.peak import DRIFT, Peak, measure_peak
from benchmarks.peers import PEERS, Peer, installed
from benchmarks.rounds import Pool

RESULTS = Path(__file__).resolve().parent / "results"


@dataclass
class Run:
    """What every part of the benchmark is given.

    Attributes
    ----------
    rounds : int
        Interleaved rounds.
    seconds : float
        Of one run of one system in one round.
    quick : bool
        Whether parts leave out what takes long to build.
    only : tuple of str
        Beginnings of the systems' names that are measured; empty for all.
    """

    rounds: int = 7
    seconds: float = 0.3
    quick: bool = False
    only: tuple[str, ...] = ()
    machine: dict[str, Any] = field(default_factory=machine)
    peak: Peak = field(init=False)

    def __post_init__(self) -> None:
        self.all_threads = int(self.machine["usable_cores"])
        self.peak = measure_peak(self.thread_counts)
        self.peers = tuple(peer for peer in PEERS if installed(peer))
        self.pool = Pool(self.peers)

    @property
    def thread_counts(self) -> tuple[int, ...]:
        return (1, self.all_threads) if self.all_threads > 1 else (1,)

    @property
    def missing(self) -> list[str]:
        return [peer.package for peer in PEERS if peer not in self.peers]

    def systems(self, kinds: Iterable[str] | None = None) -> list[str]:
        """Names of the installed and wanted systems, of these kinds, chainrule's first."""
        wanted = None if kinds is None else set(kinds)
        return [
            name
            for peer in self.peers
            for name, kind in peer.systems.items()
            if (wanted is None or kind in wanted) and self._chosen(peer, name)
        ]

    def _chosen(self, peer: Peer, name: str) -> bool:
        return not self.only or name == "chainrule" or name.startswith(self.only)

    def header(self) -> list[str]:
        """What stands above the tables."""
        pools = ", ".join(
            f"{pool['internal_api']} {pool['version']} {pool['architecture']}"
            for pool in self.machine["thread_pools"]
        )
        lines = [machine_line(self.machine), f"peak: {self.peak.line()}"]
        if pools:
            lines.append(f"NumPy's products: {pools}")
        lines += [f"warning: {text}" for text in warnings(self.machine)]
        if self.missing:
            lines.append(f"not installed, so not measured: {', '.join(self.missing)}")
        return lines

    def write(self, part: str, figures: Any) -> Path:
        """One JSON file of a part, with the machine and the peak before and after."""
        later = measure_peak(self.thread_counts)
        drift = self.peak.drift_to(later)
        content = {
            "part": part,
            "command": shlex.join(["python", "-m", "benchmarks", *sys.argv[1:]]),
            "finished": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine_line": machine_line(self.machine),
            "machine": self.machine,
            "warnings": warnings(self.machine),
            "rounds": self.rounds,
            "seconds_per_run": self.seconds,
            "peak": self.peak.to_json(),
            "peak_after": later.to_json(),
            "peak_drift": drift,
            "drifted": drift > DRIFT,
            "figures": figures,
        }
        quick = "-quick" if self.quick else ""
        path = RESULTS / f"{part}-{instruction_set(self.machine)}{quick}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1) + "\n")
        if drift > DRIFT:
            print(f"marked: the peak moved by {drift:.0%} between start and end of this part")
        return path


def keep(name: str, arguments: list[str], found: dict[str, Any], figures: Any) -> Path:
    """One JSON file of a command of its own, with the machine."""
    path = RESULTS / f"{name}-{instruction_set(found)}.json"
    content = {
        "command": shlex.join(["python", "-m", "benchmarks", name, *arguments]),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine_line": machine_line(found),
        "machine": found,
        "warnings": warnings(found),
        "figures": figures,
    }
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
    return path
