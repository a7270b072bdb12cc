"""Table 1: a step of training from the smallest network to one that fills the caches."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.cases import GOALS, TABLE_1, Case
from benchmarks.peak import round_trip
from benchmarks.peers import KINDS
from benchmarks.rounds import Timing, best, measure
from benchmarks.run import Run
from benchmarks.tables import number, percent, ratio, table

#: Seconds for a cache line to another core and back that two cores with one L3 do not need.
FAR = 150e-9
TITLE = "Training step against other libraries"
# Other orders of the rows, so other losses.
_UNCHECKED = ("chainrule, shuffled", "scikit-learn, shuffled")
# With --quick: what decides the ratios, without what compiles for long.
_QUICK = (
    "chainrule",
    "PyTorch eager, fused Adam",
    "scikit-learn",
    "JAX, whole-fit scan",
)


def measure_part(run: Run) -> list[dict[str, Any]]:
    names = run.systems()
    if run.quick:
        names = [name for name in names if name in _QUICK]
    counts = dict.fromkeys(names, run.thread_counts)
    if "chainrule, own threads" in counts:
        counts["chainrule, own threads"] = (run.all_threads,)
    figures = []
    for case, goals in zip(TABLE_1, GOALS, strict=True):
        before = round_trip(run.thread_counts)
        timings = measure(
            run.pool,
            case,
            counts,
            rounds=run.rounds,
            seconds=run.seconds,
            unchecked=_UNCHECKED,
        )
        apart = max(before, round_trip(run.thread_counts))
        figures.append(figures_of(run, case, timings, goals) | {"round_trip": apart})
        print(show_row(figures[-1]), flush=True)
    return figures


def figures_of(
    run: Run, case: Case, timings: Sequence[Timing], goals: tuple[float, float]
) -> dict[str, Any]:
    """The case, every timing, and chainrule's against the best of the others."""
    ours = best(timings, ["chainrule"])
    people = best(timings, [name for name, kind in KINDS.items() if kind == "people"])
    peer = best(timings, [name for name, kind in KINDS.items() if kind in ("people", "tuned")])
    figures: dict[str, Any] = {
        "case": case.to_json(),
        "name": case.name,
        "flops": case.flops,
        "goals": goals,
        "timings": [timing.to_json() for timing in timings],
    }
    if ours is None:
        return figures
    figures["ours"] = _short(ours) | {
        "share_of_peak": run.peak.share(case.flops, ours.median, ours.threads)
    }
    alone = best([t for t in timings if t.threads == 1], ["chainrule"])
    if alone is not None:
        figures["share_of_peak_alone"] = run.peak.share(case.flops, alone.median, 1)
    for key, timing in (("people", people), ("best_peer", peer)):
        if timing is not None:
            figures[key] = _short(timing) | {"ratio": timing.median / ours.median}
    return figures


def _short(timing: Timing) -> dict[str, Any]:
    return {
        "system": timing.system,
        "threads": timing.threads,
        "setting": timing.setting,
        "median": timing.median,
        "minimum": timing.minimum,
    }


def show_row(figures: dict[str, Any]) -> str:
    """One line while the run goes on."""
    parts = [f"{figures['name']}:"]
    if "ours" in figures:
        ours = figures["ours"]
        parts.append(f"chainrule {number(ours['median'])} us on {ours['threads']}")
    parts += [
        f"{ratio(figures[key]['ratio'])} {figures[key]['system']}"
        for key in ("people", "best_peer")
        if key in figures
    ]
    return " ".join(parts)


def show(figures: list[dict[str, Any]]) -> str:
    """The summary, then every system's figures."""
    return f"{_summary(figures)}\n\n{_all_systems(figures)}{_remarks(figures)}"


def _summary(figures: list[dict[str, Any]]) -> str:
    head = [
        "net; batch",
        "Mflop",
        "chainrule us",
        "% of peak",
        "on 1",
        "what people run",
        "ratio",
        "goal",
        "best peer",
        "ratio",
        "goal",
    ]
    rows = []
    for item in figures:
        if "ours" not in item:
            continue
        ours = item["ours"]
        row = [
            item["name"],
            number(item["flops"] / 1e6),
            f"{number(ours['median'])} ({ours['threads']}T)",
            percent(ours["share_of_peak"]),
            percent(item["share_of_peak_alone"]),
        ]
        for key, goal in zip(("people", "best_peer"), item["goals"], strict=True):
            if key in item:
                other = item[key]
                row.append(f"{other['system']} {number(other['median'])} ({other['threads']}T)")
                reached = "" if other["ratio"] >= goal else " (missed)"
                row += [ratio(other["ratio"]), f"{goal:g}x{reached}"]
            else:
                row += ["-", "-", f"{goal:g}x"]
        rows.append(row)
    return table(head, rows)


def _all_systems(figures: list[dict[str, Any]]) -> str:
    """Medians in microseconds; the better number of threads, and which."""
    systems = list(dict.fromkeys(t["system"] for item in figures for t in item["timings"]))
    rows = []
    for system in systems:
        row = [system]
        for item in figures:
            timings = [t for t in item["timings"] if t["system"] == system and "median" in t]
            counted = [t for t in timings if not t["error"]]
            if not counted:
                row.append("-")
                continue
            chosen = min(counted, key=lambda t: t["median"])
            flag = "~" if chosen["unsteady"] else ""
            row.append(f"{flag}{number(chosen['median'])} ({chosen['threads']}T)")
        rows.append(row)
    return table(["us a step (median)", *(item["name"] for item in figures)], rows)


def _remarks(figures: list[dict[str, Any]]) -> str:
    errors = [
        f"{item['name']}: {t['system']} on {t['threads']}: {t['error']}"
        for item in figures
        for t in item["timings"]
        if t["error"]
    ]
    lines = [f"- {error}" for error in errors]
    lines += [
        f"- {item['name']}: a cache line took {item['round_trip'] * 1e9:.0f} ns to the other core "
        "and back: they did not share an L3, and a second thread gave less"
        for item in figures
        if item.get("round_trip", 0) > FAR
    ]
    flagged = any(t.get("unsteady") for item in figures for t in item["timings"])
    if flagged:
        lines.append(
            "- ~ marks a median more than 10 % above the minimum: the machine was not calm"
        )
    return "\n\n" + "\n".join(lines) if lines else ""
