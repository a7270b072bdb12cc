"""Fits of 8 to 64 steps of the shapes of table 1, set-up included, against all that can do them.

A fit goes from rows and starting weights in arrays to trained ones in one epoch: whatever a library
does between the two counts. chainrule chooses its threads, as by default; the others run with one
thread and with all, and the better counts. A library that compiles has done so before; what the
first fit of a process took, compilation included, stands apart.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import Any

from benchmarks.cases import TABLE_1, Case
from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, ratio, table

TITLE = "Short fits, set-up included"
OURS = "chainrule, own threads"
COMPILED = "JAX, whole-fit scan"
PEERS = (
    "PyTorch eager, fused Adam",
    "PyTorch eager, foreach Adam",
    COMPILED,
    "scikit-learn",
    "NumPy reference",
)
STEPS = (8, 16, 32, 64)
_FITS = 3  # in one round of one system, of which the fastest counts


def measure_part(run: Run) -> list[dict[str, Any]]:
    counts = {OURS: (run.all_threads,)} | dict.fromkeys(PEERS, run.thread_counts)
    systems = [(name, n) for name in run.systems() if name in counts for n in counts[name]]
    figures = []
    for shape in TABLE_1:
        for steps in STEPS:
            case = replace(shape, rows=steps * shape.batch)
            figures.append(measure(run, case, systems) | {"steps": steps})
            print(show_row(figures[-1]), flush=True)
    return figures


def measure(run: Run, case: Case, systems: list[tuple[str, int]]) -> dict[str, Any]:
    """Microseconds a step of every system in interleaved rounds."""
    timings = [
        {"system": name, "threads": threads, "microseconds": [], "first": [], "error": ""}
        for name, threads in systems
    ]
    for round_number in range(run.rounds):
        for timing in timings:
            name = timing["system"]
            if timing["error"]:
                continue
            say(f"short fits: {case.name}, {case.n_batches} steps, round {round_number + 1}")
            reply = run.pool.worker(name, timing["threads"]).ask(
                do="fit", system=name, case=case.to_json(), fits=_FITS
            )
            if "error" in reply:
                timing["error"] = reply["error"]
                continue
            timing["microseconds"].append(1e6 * reply["seconds"] / case.n_batches)
            timing["first"].append(1e6 * reply["first_seconds"] / case.n_batches)
    say("")
    return {"name": case.name, "timings": timings}


def show_row(item: dict[str, Any]) -> str:
    """One line while the run goes on."""
    ours, peer = _ours(item), _best(item)
    line = f"{item['name']}, {item['steps']} steps: chainrule {number(_median(ours))} us a step"
    if peer is None:
        return line
    faster = ratio(_median(peer) / _median(ours))
    return f"{line}, {faster} faster than {peer['system']} on {peer['threads']}"


def show(figures: list[dict[str, Any]]) -> str:
    """One row a fit: ours, every peer at its better number of threads, and the best one's ratio."""
    named = {t["system"] for item in figures for t in item["timings"]} - {OURS}
    peers = [name for name in PEERS if name in named]
    head = ["net; batch", "steps", "chainrule us", *peers]
    compiled = COMPILED in peers
    head += [f"{COMPILED}, compilation included"] * compiled + ["best peer / chainrule"]
    rows, lost, cells = [], [], 0
    for item in figures:
        ours = _median(_ours(item))
        row = [item["name"], str(item["steps"]), number(ours)]
        for name in peers:
            peer = _best(item, name)
            row.append("-" if peer is None else f"{number(_median(peer))} ({peer['threads']}T)")
            cells += peer is not None
            if peer is not None and _median(peer) < ours:
                lost.append(f"- {item['name']}, {item['steps']} steps: slower than {name}")
        if compiled:
            peer = _best(item, COMPILED)
            row.append("-" if peer is None else number(statistics.median(peer["first"])))
        best = _best(item)
        rows.append([*row, "-" if best is None else ratio(_median(best) / ours)])
    text = table(head, rows)
    errors = [
        f"- {item['name']}, {item['steps']} steps: {t['system']} on {t['threads']}: {t['error']}"
        for item in figures
        for t in item["timings"]
        if t["error"]
    ]
    verdict = f"chainrule is ahead of every peer in every cell ({cells})."
    if lost:
        verdict = f"chainrule is behind in {len(lost)} of {cells} cells:\n" + "\n".join(lost)
    return "\n\n".join([text, *([verdict] if cells else []), *errors])


def _median(timing: dict[str, Any]) -> float:
    return statistics.median(timing["microseconds"])


def _ours(item: dict[str, Any]) -> dict[str, Any]:
    return next(timing for timing in item["timings"] if timing["system"] == OURS)


def _best(item: dict[str, Any], name: str | None = None) -> dict[str, Any] | None:
    """The fastest of a system's numbers of threads, or of all peers."""
    peers = [
        timing
        for timing in item["timings"]
        if timing["system"] != OURS and timing["microseconds"] and not timing["error"]
        if name in (None, timing["system"])
    ]
    return min(peers, key=_median, default=None)
