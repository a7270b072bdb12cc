"""chainrule alone over a grid of shapes, as shares of the peak, and every cliff in it."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Iterator
from itertools import product
from typing import Any

from benchmarks.cases import Case
from benchmarks.peers.chainrule_engine import Chainrule, OwnThreads, Shuffled
from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import percent, table

TITLE = "Share of the peak by shape"
WIDTHS = (8, 16, 32, 64, 128, 256, 512, 1024)
ODD_WIDTHS = (13, 100, 333)
BATCHES = (1, 32, 128, 256)
ACTIVATIONS = ("relu", "tanh")
#: How much slower than relu an activation may be at these widths; sigmoid is measured there alone.
SMOOTH_COST = {64: 0.25, 256: 0.10}
OPTIMIZERS = ("sgd", "adam")
CLIFF = 0.15
#: How much slower the engine's own choice of threads may be than one thread.
THREADS_COST = 0.03
#: Width, batch, activation, optimizer, threads.
Key = tuple[int, int, str, str, int]
#: Stands for that choice where a number of threads stands.
OWN = 0


def cases() -> Iterator[Case]:
    """Three layers W-W-W-W with half the squared error, so that every layer is square."""
    for width in sorted(WIDTHS + ODD_WIDTHS):
        activations = (*ACTIVATIONS, "sigmoid") if width in SMOOTH_COST else ACTIVATIONS
        for batch, activation, optimizer in product(BATCHES, activations, OPTIMIZERS):
            yield Case((width,) * 4, batch, batch * 16, activation, optimizer, 1e-4, task="numbers")


def measure_part(run: Run) -> list[dict[str, Any]]:
    """Every round goes through the whole grid, so that a bad minute spoils one round of each."""
    shapes = []
    for case in cases():
        say(f"grid: {case.name} {case.activation} {case.optimizer}")
        shapes.append(Rounds(case, (*run.thread_counts, OWN), run.seconds / 6))
    for number in range(1, run.rounds + 1):
        for shape in shapes:
            say(f"grid: round {number}, {shape.case.name}")
            shape.add_round()
    say("")
    return [figure(run, shape, threads) for shape in shapes for threads in shape.times]


def figure(run: Run, shape: Rounds, threads: int) -> dict[str, Any]:
    case, microseconds = shape.case, shape.times[threads]
    median = statistics.median(microseconds)
    return {
        "width": case.sizes[0],
        "batch": case.batch,
        "activation": case.activation,
        "optimizer": case.optimizer,
        "threads": threads,
        "median": median,
        "minimum": min(microseconds),
        "share": run.peak.share(case.flops, median, threads or run.all_threads),
    }


class Rounds:
    """Microseconds per step in this process, by number of threads, one round after another.

    What a fit of no epoch takes is not counted: `overheads` has it.
    """

    def __init__(
        self, case: Case, thread_counts: tuple[int, ...], seconds: float, shuffle: bool = False
    ) -> None:
        self.case = case
        self.times: dict[int, list[float]] = {threads: [] for threads in thread_counts}
        self._systems: dict[int, Chainrule] = {}
        self._epochs: dict[int, int] = {}
        kind = Shuffled if shuffle else Chainrule
        for threads in thread_counts:
            system = (OwnThreads if threads == OWN else kind)(case, threads)
            system.train(2)
            self._systems[threads] = system
            self._epochs[threads] = max(2, math.ceil(2 * seconds / _seconds(system, 2)))

    def add_round(self) -> None:
        for threads, system in self._systems.items():
            epochs = self._epochs[threads]
            spent = _seconds(system, epochs) - _seconds(system, 0)
            self.times[threads].append(spent / (epochs * self.case.n_batches) * 1e6)


def interleaved(
    case: Case,
    thread_counts: tuple[int, ...],
    rounds: int,
    seconds: float,
    shuffle: bool = False,
) -> dict[int, list[float]]:
    """Microseconds per step of all rounds, by number of threads."""
    shape = Rounds(case, thread_counts, seconds, shuffle)
    for _ in range(rounds):
        shape.add_round()
    return shape.times


def _seconds(system: Chainrule, epochs: int) -> float:
    start = time.perf_counter()
    system.train(epochs)
    return time.perf_counter() - start


def show(figures: list[dict[str, Any]]) -> str:
    """Shares on one thread, the second core's gain, and the cliffs."""
    known = {_key(item): item for item in figures}
    threads = sorted({item["threads"] for item in figures})
    widths = sorted({item["width"] for item in figures})
    blocks = []
    rows = [
        [f"{optimizer}, {activation}, batch {batch}"]
        + [percent(known[(width, batch, activation, optimizer, 1)]["share"]) for width in widths]
        for optimizer, activation, batch in product(OPTIMIZERS, ACTIVATIONS, BATCHES)
    ]
    blocks.append(table(["one thread; width", *map(str, widths)], rows))
    for count in [t for t in threads if t != 1]:
        rows = [
            [f"{optimizer}, {activation}, batch {batch}"]
            + [
                f"{_gain(known, (width, batch, activation, optimizer), count):.2f}"
                for width in widths
            ]
            for optimizer, activation, batch in product(OPTIMIZERS, ACTIVATIONS, BATCHES)
        ]
        name = f"{count} threads'" if count else "the engine's own choice's"
        blocks.append(table([f"{name} gain over one; width", *map(str, widths)], rows))
    head = ["with Adam and relu", "least measured", "at", "goal"]
    blocks.append(table(head, _goal_rows(known)))
    head = ["time over relu's, one thread, Adam", *(f"batch {batch}" for batch in BATCHES), "goal"]
    blocks.append(table(head, _smooth_rows(known)))
    blocks.append("\n".join(f"- {text}" for text in cliffs(figures)) or "No cliffs.")
    return "\n\n".join(blocks)


# Which shapes, the least share of the peak on one thread, the least gain of two threads over one.
_GOALS = (
    ((256, 512, 1024), (128, 256), "share", 0.80),
    ((64,), (128,), "share", 0.65),
    ((64, 128, 256, 512), (32,), "share", 0.55),
    ((1024,), (32,), "share", 0.52),
    ((128, 256, 512, 1024), (128, 256), "gain", 1.8),
    ((128, 256, 512, 1024), (32,), "gain", 1.6),
)


def _goal_rows(known: dict[Key, dict[str, Any]]) -> list[list[str]]:
    rows = []
    for widths, batches, what, goal in _GOALS:
        shapes = [(width, batch, "relu", "adam") for width, batch in product(widths, batches)]
        if what == "share":
            values = {shape: float(known[(*shape, 1)]["share"]) for shape in shapes}
        elif any(key[-1] == 2 for key in known):
            values = {shape: _gain(known, shape, 2) for shape in shapes}
        else:
            continue
        least = min(shapes, key=lambda shape: values[shape])
        say_it = percent if what == "share" else "{:.2f}".format
        where = f"width {_span(widths)}, batch {_span(batches)}"
        missed = "" if values[least] >= goal else " (missed)"
        name = "share of the peak on one thread" if what == "share" else "gain of the second core"
        rows.append(
            [
                f"{name}, {where}",
                say_it(values[least]),
                f"{least[0]}; {least[1]}",
                f"{say_it(goal)}{missed}",
            ]
        )
    return rows


def _smooth_rows(known: dict[Key, dict[str, Any]]) -> list[list[str]]:
    """Median over relu's of the smooth activations, by width and batch."""
    rows = []
    for (width, limit), activation in product(SMOOTH_COST.items(), ("tanh", "sigmoid")):
        row = [f"{activation}, width {width}"]
        for batch in BATCHES:
            ours, relu = (
                _median(known, width, batch, name, "adam", 1) for name in (activation, "relu")
            )
            row.append(f"{ours / relu:.2f}")
        rows.append([*row, f"{1 + limit:.2f}"])
    return rows


def _span(numbers: tuple[int, ...]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} to {numbers[-1]}"


def cliffs(figures: list[dict[str, Any]]) -> list[str]:
    """Where a step takes longer than it should beside its neighbours; one line each.

    An odd width is held to the straight line between the times of its neighbours of the grid, both
    axes logarithmic; the engine's own choice of threads to one thread; tanh to relu.
    """
    known = {_key(item): item for item in figures}
    found = []
    for (width, batch, activation, optimizer, threads), item in known.items():
        where = f"width {width}, batch {batch}, {activation}, {optimizer}"
        alone = known[(width, batch, activation, optimizer, 1)]
        if threads == OWN and item["median"] > (1 + THREADS_COST) * alone["median"]:
            found.append(f"{where}: own threads slower than one by {_over(item, alone)}")
        if threads != 1:
            continue
        below = max((w for w in WIDTHS if w < width), default=None)
        above = min((w for w in WIDTHS if w > width), default=None)
        if width not in WIDTHS and below is not None and above is not None:
            low, high = (_median(known, w, batch, activation, optimizer, 1) for w in (below, above))
            position = math.log(width / below) / math.log(above / below)
            expected = low * (high / low) ** position
            if item["median"] > (1 + CLIFF) * expected:
                over = percent(item["median"] / expected - 1)
                found.append(f"{where}: {over} above the line between {below} and {above}")
        rectified = known[(width, batch, "relu", optimizer, 1)]
        limit = SMOOTH_COST.get(width)
        if limit and item["median"] > (1 + limit) * rectified["median"]:
            found.append(f"{where}: slower than relu by {_over(item, rectified)}")
    return found


def _median(known: dict[Key, dict[str, Any]], *key: Any) -> float:
    return float(known[key]["median"])


def _gain(
    known: dict[Key, dict[str, Any]],
    shape: tuple[int, int, str, str],
    threads: int,
) -> float:
    return _median(known, *shape, 1) / _median(known, *shape, threads)


def _over(item: dict[str, Any], other: dict[str, Any]) -> str:
    return percent(item["median"] / other["median"] - 1)


def _key(item: dict[str, Any]) -> Key:
    return (
        item["width"],
        item["batch"],
        item["activation"],
        item["optimizer"],
        item["threads"],
    )
