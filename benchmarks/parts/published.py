"""Networks whose times others have published, measured here, with their figures beside ours.

What others published was measured by them on their machines, and says nothing of this one; where
PyTorch is installed, it is measured here as well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from benchmarks.cases import Case
from benchmarks.rounds import best, measure
from benchmarks.run import Run
from benchmarks.tables import number, percent, ratio, table

TITLE = "Networks that others have published times of"
_SYSTEMS = ("chainrule", "PyTorch eager, fused Adam")


@dataclass(frozen=True)
class Published:
    """A network with what others say of it.

    Attributes
    ----------
    unit : str
        "us a step" or "rows/s".
    figures : tuple of (who, value, where)
        As published, in that unit.
    note : str
        How the measurement here differs from theirs.
    """

    case: Case
    words: str
    unit: str
    figures: tuple[tuple[str, float, str], ...]
    note: str


PUBLISHED = (
    Published(
        Case((24, 8, 2), 200, 200, "tanh", "sgd", task="numbers", dtype="float64"),
        "24-8-2 tanh, float64, 200 rows",
        "us a step",
        (("SimpleChains.jl, a gradient alone", 5.66, "a machine that is not named with it"),),
        "a step here is the gradient and an update by plain gradient descent",
    ),
    Published(
        Case((28, *(300,) * 5, 1), 100, 20_000, "tanh", "momentum", task="numbers"),
        "28-300-300-300-300-300-1 tanh, batch 100, momentum",
        "rows/s",
        (
            ("OpenNN", 72_000.0, "16 threads of an Intel Core i9-12900K"),
            ("PyTorch 2.6", 46_000.0, "16 threads of an Intel Core i9-12900K"),
        ),
        "20,000 drawn rows of the shape of HIGGS are read again and again, where theirs were "
        "10,000,000; a step reads 11 kB of rows either way. Half the squared error stands in place "
        "of their loss, and their time holds a validation pass",
    ),
    Published(
        Case((10, *(160,) * 4, 1), 128, 12_800, "relu", "sgd", task="numbers"),
        "10-160-160-160-160-1 relu, batch 128",
        "us a step",
        (
            ("PyTorch", 1850.0, "one core of a machine that is not named with it"),
            ("a compiled XLA loop", 1000.0, "one core of a machine that is not named with it"),
        ),
        "plain gradient descent",
    ),
)


def measure_part(run: Run) -> list[dict[str, Any]]:
    names = [name for name in run.systems() if name in _SYSTEMS]
    figures = []
    for published in PUBLISHED:
        case = published.case
        if run.quick:
            case = replace(case, rows=4 * case.batch)
        timings = measure(
            run.pool,
            case,
            dict.fromkeys(names, run.thread_counts),
            rounds=run.rounds,
            seconds=run.seconds,
        )
        chosen = {name: best(timings, [name]) for name in names}
        ours = chosen.get("chainrule")
        figures.append(
            {
                "words": published.words,
                "unit": published.unit,
                "batch": case.batch,
                "note": published.note,
                "published": published.figures,
                "share": _share(run, case, ours),
                "measured": {
                    name: {"median": timing.median, "threads": timing.threads}
                    for name, timing in chosen.items()
                    if timing is not None
                },
                "timings": [timing.to_json() for timing in timings],
            }
        )
    return figures


def _share(run: Run, case: Case, ours: Any) -> float:
    """Of the peak, which in float64 is half of that in float32; 0 where nothing was measured."""
    if ours is None:
        return 0.0
    wide = 2.0 if case.dtype == "float64" else 1.0
    return wide * run.peak.share(case.flops, ours.median, ours.threads)


def show(figures: list[dict[str, Any]]) -> str:
    """What was measured here, then what others published, said to be theirs."""
    rows, notes = [], []
    for item in figures:
        steps = item["unit"] == "us a step"
        for system, found in item["measured"].items():
            value = found["median"] if steps else item["batch"] / found["median"] * 1e6
            ours = system == "chainrule"
            threads = f"{found['threads']} thread{'s'[: found['threads'] > 1]}"
            name = f"{system.partition(',')[0]}, {threads}"
            over = found["median"] / item["measured"]["chainrule"]["median"]
            rows.append(
                [
                    item["words"],
                    f"{name}, here",
                    f"{number(value)} {item['unit']}",
                    percent(item["share"]) if ours else "-",
                    "-" if ours else ratio(over),
                ]
            )
        for who, value, where in item["published"]:
            told = f"{number(value)} {item['unit']}"
            rows.append([item["words"], f"{who}, as published ({where})", told, "-", "-"])
        notes.append(f"- {item['words']}: {item['note']}.")
        notes += [
            f"- {item['words']}: {t['system']} on {t['threads']}: {t['error']}"
            for t in item["timings"]
            if t["error"]
        ]
    head = ["network", "who and where", "figure", "% of peak here", "chainrule is faster by"]
    return "\n\n".join([table(head, rows), "\n".join(notes)])
