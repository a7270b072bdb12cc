"""Fits of 8, 16 and 32 steps of the shapes of table 1, set-up included, against eager PyTorch.

A fit goes from rows and starting weights in arrays to trained ones in one epoch: whatever a library
does between the two counts. chainrule chooses its threads, as by default; PyTorch runs with one
thread and with all, and the better counts.
"""

from __future__ import annotations

import statistics
from dataclasses import replace
from typing import Any

from benchmarks.cases import TABLE_1, Case
from benchmarks.rounds import say
from benchmarks.run import Run
from benchmarks.tables import number, ratio, table

TITLE = "Short fits, set-up included, against eager PyTorch"
OURS = "chainrule, own threads"
_PEERS = ("PyTorch eager, fused Adam", "PyTorch eager, foreach Adam")
_STEPS = (8, 16, 32)
_FITS = 3  # in one round of one system, of which the fastest counts


def measure_part(run: Run) -> list[dict[str, Any]]:
    counts = {OURS: (run.all_threads,)} | dict.fromkeys(_PEERS, run.thread_counts)
    systems = [(name, n) for name in run.systems() if name in counts for n in counts[name]]
    figures = []
    for shape in TABLE_1:
        for steps in _STEPS:
            case = replace(shape, rows=steps * shape.batch)
            figures.append(measure(run, case, systems) | {"steps": steps})
            print(show_row(figures[-1]), flush=True)
    return figures


def measure(run: Run, case: Case, systems: list[tuple[str, int]]) -> dict[str, Any]:
    """Microseconds a step of every system in interleaved rounds."""
    found: dict[tuple[str, int], list[float]] = {system: [] for system in systems}
    for round_number in range(run.rounds):
        for name, threads in systems:
            say(f"short fits: {case.name}, {case.n_batches} steps, round {round_number + 1}")
            reply = run.pool.worker(name, threads).ask(
                do="fit", system=name, case=case.to_json(), fits=_FITS
            )
            if "error" in reply:
                raise RuntimeError(f"{name} on {threads}: {reply['error']}")
            found[name, threads].append(1e6 * reply["seconds"] / case.n_batches)
    say("")
    timings = [
        {"system": name, "threads": threads, "microseconds": times}
        for (name, threads), times in found.items()
    ]
    return {"name": case.name, "timings": timings}


def show_row(item: dict[str, Any]) -> str:
    """One line while the run goes on."""
    ours, peer = _ours(item), _peer(item)
    line = f"{item['name']}, {item['steps']} steps: chainrule {number(_median(ours))} us a step"
    if peer is None:
        return line
    faster = ratio(_median(peer) / _median(ours))
    return f"{line}, {faster} faster than {peer['system']} on {peer['threads']}"


def show(figures: list[dict[str, Any]]) -> str:
    """One row a shape: ours, the better eager loop, and how many times slower that is."""
    head = ["net; batch"]
    for steps in _STEPS:
        head += [f"{steps} steps: chainrule us", "PyTorch us", "ratio"]
    rows: dict[str, list[str]] = {}
    slower = []
    for item in figures:
        row = rows.setdefault(item["name"], [item["name"]])
        ours, peer = _median(_ours(item)), _peer(item)
        if peer is None:
            row += [number(ours), "-", "-"]
            continue
        row += [number(ours), f"{number(_median(peer))} ({peer['threads']}T)"]
        row.append(ratio(_median(peer) / ours))
        if _median(peer) < ours:
            slower.append(f"- {item['name']}, {item['steps']} steps: slower than {peer['system']}")
    return "\n\n".join([table(head, list(rows.values())), *slower])


def _median(timing: dict[str, Any]) -> float:
    return statistics.median(timing["microseconds"])


def _ours(item: dict[str, Any]) -> dict[str, Any]:
    return next(timing for timing in item["timings"] if timing["system"] == OURS)


def _peer(item: dict[str, Any]) -> dict[str, Any] | None:
    peers = [timing for timing in item["timings"] if timing["system"] != OURS]
    return min(peers, key=_median, default=None)
