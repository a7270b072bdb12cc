"""A training step in bfloat16 beside the same in float32: the same weights, batches and order.

Both train in this process on one thread, in turns, and the time that this thread ran is counted: so
what else the machine does falls out. The losses are those of the last epoch of equal trainings.
"""

from __future__ import annotations

import statistics
import time
from dataclasses import replace
from typing import Any

from benchmarks.cases import Case
from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, percent, ratio, table
from chainrule import engine
from chainrule.errors import SpecError

TITLE = "A step in bfloat16 and in float32, one thread"
_NOTE = """\
`dtype="bfloat16"` of `Network` and of the Tabular estimators rounds the factors of a dense layer's
three products to 8 bits in training, and adds up in float32, where the layer has at least 64 inputs
and 64 units. All other layers, parameters, the optimizer's memory, validation and predictions are
float32: a model predicts everywhere, and only its training takes a processor with AVX512_BF16.
Where it has AMX besides, products run in tiles; where not, AMD's processors gain, and Intel's lose
by it. The times are those that the thread ran, of both in turns."""
_CASES = tuple(
    Case(sizes, batch, 8 * batch)
    for sizes, batch in (
        ((128, 128, 128, 128, 10), 128),
        ((20, 256, 256, 256, 2), 128),
        ((20, 256, 256, 256, 2), 256),
        ((256, 256, 256, 256, 10), 128),
        ((256, 256, 256, 256, 10), 256),
        ((784, 512, 512, 10), 128),
        ((784, 512, 512, 10), 256),
        ((512, 512, 512, 512, 10), 128),
        ((512, 512, 512, 512, 10), 256),
        ((1024, 1024, 1024, 10), 128),
        ((1024, 1024, 1024, 10), 256),
    )
)


def measure_part(run: Run) -> list[dict[str, Any]]:
    try:
        engine.check_bfloat16()
    except SpecError as error:
        print(f"not measured: {error}")
        return []
    figures = []
    for case in _CASES:
        figures.append(measure(run, case))
        print(show([figures[-1]]).splitlines()[2], flush=True)
    return figures


def measure(run: Run, case: Case) -> dict[str, Any]:
    """Microseconds a step of both in interleaved rounds, and the losses of their last epochs."""
    X, y = case.data()
    specs = {"float32": case.spec, "bfloat16": replace(case.spec, bfloat16=True)}

    def trained(name: str, epochs: int) -> engine.FitResult:
        training = case.training(epochs, n_threads=1)
        return engine.fit(specs[name], case.params, X, y, training)

    def seconds(name: str, epochs: int) -> float:
        start = time.thread_time()
        trained(name, epochs)
        return time.thread_time() - start

    epochs = max(1, round(run.seconds / seconds("float32", 1)))
    times: dict[str, list[float]] = {name: [] for name in specs}
    for round_number in range(run.rounds):
        for name in specs if round_number % 2 else reversed(specs):
            say(f"bfloat16: {case.name}, round {round_number + 1}")
            times[name].append(1e6 * seconds(name, epochs) / (epochs * case.n_batches))
    say("")
    return {
        "name": case.name,
        "microseconds": times,
        "losses": {name: trained(name, 10).history.loss[-1] for name in specs},
        "share": {
            name: run.peak.share(case.flops, statistics.median(values), 1)
            for name, values in times.items()
        },
    }


def show(figures: list[dict[str, Any]]) -> str:
    if not figures:
        return "This processor has no products of bfloat16."
    head = ["net; batch", "float32 us", "bfloat16 us", "gain", "least and most of the rounds"]
    head += ["% of float32's peak", "in bfloat16", "loss after 10 epochs", "in bfloat16"]
    rows = []
    for item in figures:
        full, half = item["microseconds"]["float32"], item["microseconds"]["bfloat16"]
        gains = sorted(a / b for a, b in zip(full, half, strict=True))
        share, losses = item["share"], item["losses"]
        rows.append(
            [
                item["name"],
                number(statistics.median(full)),
                number(statistics.median(half)),
                ratio(statistics.median(gains)),
                f"{gains[0]:.2f}-{gains[-1]:.2f}",
                *(percent(share[name]) for name in ("float32", "bfloat16")),
                *(f"{losses[name]:.5f}" for name in ("float32", "bfloat16")),
            ]
        )
    return f"{table(head, rows)}\n\n{_NOTE}"
