"""What the machine gives at best: multiply-adds a second, and bytes a second from each level."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from chainrule import _core

#: Relative change of the peak between start and end that marks a run.
DRIFT = 0.05
_L2_BYTES, _L3_BYTES, _DRAM_BYTES = 256 << 10, 6 << 20, 256 << 20


@dataclass(frozen=True)
class Peak:
    """Single-precision flop/s by number of threads, and bytes/s of out = x * y on one thread.

    `round_trip` is in seconds: a cache line from one core to another and back, 0 with one core.
    """

    flops: dict[int, float]
    l2: float
    l3: float
    dram: float
    round_trip: float = 0.0

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def share(self, flops: float, microseconds: float, threads: int) -> float:
        """The part of the peak on that many threads that so many operations in that time are."""
        return flops / (microseconds * 1e-6) / self.flops[threads]

    def drift_to(self, later: Peak) -> float:
        """Largest relative change of the peak flop rates."""
        return max(abs(later.flops[t] / rate - 1) for t, rate in self.flops.items())

    def line(self) -> str:
        flops = ", ".join(
            f"{rate / 1e9:.0f} GFLOP/s on {threads} thread{'s'[: threads > 1]}"
            for threads, rate in self.flops.items()
        )
        text = (
            f"{flops}; L2 {self.l2 / 1e9:.0f}, L3 {self.l3 / 1e9:.0f}, "
            f"DRAM {self.dram / 1e9:.0f} GB/s on one"
        )
        if self.round_trip:
            text += f"; core to core and back {self.round_trip * 1e9:.0f} ns"
        return text


def measure_peak(thread_counts: tuple[int, ...], windows: int = 200) -> Peak:
    """The best of many windows of 2 ms, since any other work in one only lowers it."""
    return Peak(
        flops={
            threads: max(_core.fma_peak(0.002, threads) for _ in range(windows))
            for threads in thread_counts
        },
        l2=_bandwidth(_L2_BYTES, windows),
        l3=_bandwidth(_L3_BYTES, windows),
        dram=_bandwidth(_DRAM_BYTES, 6),
        round_trip=round_trip(thread_counts, windows),
    )


def round_trip(thread_counts: tuple[int, ...], windows: int = 200) -> float:
    """Seconds for a cache line to another core and back, 0 where there is one core."""
    return _core.core_round_trip(windows) / 1e9 if max(thread_counts) > 1 else 0.0


def _bandwidth(size: int, windows: int) -> float:
    return max(_core.stream_bandwidth(size, 0.002, 1) for _ in range(windows))
