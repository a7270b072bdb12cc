"""`python -m benchmarks many`: unlike networks on one table as one call, and as batched programs.

    python -m benchmarks many --keep              # 64 networks, depth 1-3, width 64-384
    python -m benchmarks many --networks 8 --rounds 2

A row-visit is one training row in one epoch of one network. Every system trains the same networks
from the same weights on the same batches, and has the validation rows' outputs of every network
after every epoch. A timing counts only where each network's losses agree with chainrule's.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
from contextlib import ExitStack
from typing import Any

from benchmarks.machine import machine, machine_line
from benchmarks.machine import warnings as doubts
from benchmarks.many import limits
from benchmarks.many.workload import Workload
from benchmarks.peak import measure_peak
from benchmarks.rounds import TOLERANCE, difference, say
from benchmarks.run import keep
from benchmarks.tables import number, percent, ratio, table
from benchmarks.workers import Worker

TITLE = "Unlike networks at once"
# File of this folder -> what must be importable, and its systems.
SYSTEMS = {
    "ours": ("chainrule", ("chainrule",)),
    "torch_bmm": ("torch", ("PyTorch bmm, equal shapes", "PyTorch bmm, padded widths")),
    "jax_vmap": ("jax", ("JAX vmap, equal shapes",)),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks many", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--networks", type=int, default=64)
    parser.add_argument("--epochs", type=int, default=2, help="of each network in one run (2)")
    parser.add_argument("--rounds", type=int, default=7, help="interleaved rounds (7)")
    parser.add_argument("--only", help="comma-separated beginnings of systems' names")
    parser.add_argument("--keep", action="store_true", help="in benchmarks/results, for the pages")
    given = parser.parse_args(arguments)
    found = machine()
    threads = sorted({1, int(found["usable_cores"])})
    peak = measure_peak(tuple(threads))
    print("\n".join([machine_line(found), f"peak: {peak.line()}"]))
    print("".join(f"warning: {text}\n" for text in doubts(found)), end="")
    only = tuple(given.only.split(",")) if given.only else ()
    workload = Workload(n_networks=given.networks)
    figures = measure(workload, threads, given.epochs, given.rounds, only)
    figures["limits"] = limits.measure(workload, min(given.rounds, 3))
    figures["peak"] = peak.to_json()
    print(f"\n{show(figures)}")
    if given.keep:
        print(f"\nkept in {keep('many', arguments, found, figures).name}")
    return 0


def measure(
    workload: Workload, threads: list[int], epochs: int, rounds: int, only: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Interleaved rounds of every installed system with each number of threads."""
    timings: list[dict[str, Any]] = []
    missing = [package for package, _ in SYSTEMS.values() if not _installed(package)]
    with ExitStack() as stack:
        workers: dict[tuple[str, int], Worker] = {}
        reference: list[list[float]] = []
        for module, (package, names) in SYSTEMS.items():
            if package in missing:
                continue
            for count in threads:
                for name in names:
                    if only and name != "chainrule" and not name.startswith(only):
                        continue
                    say(f"many: preparing {name} on {count}")
                    if (module, count) not in workers:
                        program = ("benchmarks.many.worker", module, str(count))
                        workers[module, count] = stack.enter_context(Worker(count, *program))
                    timing = {"system": name, "threads": count, "seconds": [], "error": ""}
                    reply = workers[module, count].ask(
                        do="prepare", system=name, workload=workload.to_json(), epochs=epochs
                    )
                    if "error" in reply:
                        timing["error"] = reply["error"]
                    else:
                        reference = reference or reply["losses"]
                        timing["first_seconds"] = reply["first_seconds"]
                        timing["loss_difference"] = apart(reply["losses"], reference)
                        if not timing["loss_difference"] <= TOLERANCE:
                            apart_by = timing["loss_difference"]
                            timing["error"] = f"its losses differ by {apart_by:.1e}"
                    timings.append(timing | {"module": module})
        for turn in range(rounds):
            for timing in timings:
                if timing["error"]:
                    continue
                say(f"many: round {turn + 1} of {rounds}, {timing['system']}")
                worker = workers[timing["module"], timing["threads"]]
                reply = worker.ask(do="round", system=timing["system"])
                if "error" in reply:
                    timing["error"] = reply["error"]
                else:
                    timing["seconds"].append(reply["seconds"])
    say("")
    return {
        "workload": workload.to_json(),
        "shapes": workload.shapes,
        "epochs": epochs,
        "missing": missing,
        "timings": timings,
    }


def apart(losses: list[list[float]], reference: list[list[float]]) -> float:
    """Largest relative difference of any network's loss in its first epoch.

    Later on, rounding grows until no two programs agree.
    """
    return max(difference(a[:1], b[:1]) for a, b in zip(losses, reference, strict=True))


def show(figures: dict[str, Any]) -> str:
    """One row a system and number of threads, and what ours is ahead by."""
    workload = Workload.from_json(figures["workload"])
    rates = {int(t): rate for t, rate in figures["peak"]["flops"].items()}
    visits = workload.rows * figures["epochs"] * workload.n_networks
    flops = workload.rows * figures["epochs"] * workload.flops
    counted = [t for t in figures["timings"] if t["seconds"] and not t["error"]]
    ours = [t for t in counted if t["system"] == "chainrule"]
    best = min((_median(t) for t in ours), default=None)
    head = ["system", "threads", "seconds", "row-visits/s per core", "GFLOP/s", "of the peak"]
    rows = []
    for timing in counted:
        seconds, threads = _median(timing), timing["threads"]
        rate = flops / seconds
        rows.append(
            [
                timing["system"],
                str(threads),
                number(seconds),
                number(visits / seconds / threads),
                number(rate / 1e9),
                percent(rate / rates[threads]),
            ]
        )
    depths = sorted({depth for depth, _ in figures["shapes"]})
    widths = sorted({width for _, width in figures["shapes"]})
    lines = [
        f"{workload.n_networks} networks of depth {depths[0]} to {depths[-1]} and width "
        f"{widths[0]} to {widths[-1]}, each with periodic embeddings of {workload.columns} columns;"
        f" {workload.rows:,} rows in batches of {workload.batch}, epochs: {figures['epochs']}, "
        f"{number(workload.flops / 1e6)} Mflop a row of all networks (dense layers).",
        "",
        table(head, rows),
        "",
    ]
    peers = [t for t in counted if t["system"] != "chainrule"]
    if peers and best is not None:
        peer = min(peers, key=_median)
        lines.append(
            f"chainrule is {ratio(_median(peer) / best)} faster than the best of the others, "
            f"{peer['system']} on {peer['threads']}."
        )
    if "limits" in figures:
        lines += ["", limits.show(figures["limits"], rates[1])]
    lines += [
        f"- {t['system']} on {t['threads']}: {t['error']}" for t in figures["timings"] if t["error"]
    ]
    if figures["missing"]:
        lines.append(f"not installed, so not measured: {', '.join(figures['missing'])}")
    return "\n".join(lines)


def _median(timing: dict[str, Any]) -> float:
    return statistics.median(timing["seconds"])


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None
