"""The tables: reductions of the error, win rates, ranks, seconds, and the goals between rivals."""

from __future__ import annotations

from benchmarks.quality.comparison import BASE, LONGEST, SCORES, Comparison, is_ours
from benchmarks.quality.figures import (
    error_reduction,
    geometric_ratio,
    half_width,
    mean_ranks,
    set_means,
    win_rate,
)
from benchmarks.tables import number, table

GOALS = ("RealMLP-TD", "CatBoost")


def sections(comparison: Comparison) -> dict[str, str]:
    """Title -> Markdown, in the order of a page."""
    shown = {"Error reduction": reductions(comparison), "Fit seconds": seconds(comparison)}
    duels = against(comparison)
    if duels:
        shown["Against the strongest network and the strongest trees"] = duels
    for score, title in SCORES.items():
        if comparison.columns(score)[BASE]:
            shown[title] = wins(comparison, score)
    for score, title in SCORES.items():
        if comparison.columns(score)[BASE]:
            shown[f"{title} on every set"] = every_set(comparison, score)
    return shown


def coverage(comparison: Comparison) -> str:
    """Which results are compared, and what is left out."""
    names = {name for name, _ in comparison.pairs}
    text = f"{len(comparison.pairs)} splits of {len(names)} sets, on one thread."
    left = ", ".join(f"{count} of {model}" for model, count in comparison.left_out().items())
    return f"{text} Left out, since another model lacks them: {left}." if left else text


def reductions(comparison: Comparison) -> str:
    """Model x score: how much less error than the base, in percent; and the mean ranks."""
    kinds = {s: comparison.columns(s) for s in SCORES if comparison.columns(s)[BASE]}
    ranks = {score: mean_ranks(columns) for score, columns in kinds.items()}
    rows = [
        [
            model,
            *(_percent(error_reduction(c[model], c[BASE])) for c in kinds.values()),
            *(f"{ranks[score][model]:.2f}" for score in kinds),
        ]
        for model in comparison.models
    ]
    head = ["model", *(SCORES[s] for s in kinds), *(f"rank, {SCORES[s]}" for s in kinds)]
    return table(head, rows)


def wins(comparison: Comparison, score: str) -> str:
    """Each model's share of won pairs, in percent, against every peer."""
    columns = comparison.columns(score)
    rows = [
        [
            model,
            *(
                "" if peer == model else f"{100 * win_rate(columns[model], columns[peer]):.0f}"
                for peer in comparison.rivals
            ),
        ]
        for model in comparison.models
    ]
    return table(["wins in %", *(f"against {peer}" for peer in comparison.rivals)], rows)


def seconds(comparison: Comparison) -> str:
    """Totals and geometric means of the plain fits; what is excluded, by name."""
    columns = comparison.seconds()
    rivals = [model for model in GOALS if model in columns]
    rows = []
    for model, column in columns.items():
        total = sum(column.values())
        ratios = []
        for rival in rivals:
            ratios.append(_times(total / sum(columns[rival].values())))
            ratios.append(_times(geometric_ratio(column, columns[rival])))
        rows.append([model, number(total), *ratios])
    head = ["model", "total, s"]
    for rival in rivals:
        head += [f"total / {rival}'s", f"geometric mean / {rival}'s"]
    text = table(head, rows)
    long = [f"{name} split {seed} ({model})" for name, seed, model in comparison.too_long()]
    if long:
        text += f"\n\nExcluded for all models, since a fit took over {LONGEST:.0f} s: "
        text += ", ".join(long) + "."
    return text


def against(comparison: Comparison) -> str:
    """Ours against each goal: difference of reductions with its half width, wins, time."""
    rows = []
    for rival in GOALS:
        for ours in filter(is_ours, comparison.models):
            if rival in comparison.models:
                rows += [_duel(comparison, ours, rival, score) for score in SCORES]
    head = ["", "against", "score", "reduces the error more by, points", "± (90 %)", "wins, %"]
    head += ["total seconds", "geometric mean"]
    rows = [row for row in rows if row]
    return table(head, rows) if rows else ""


def _duel(comparison: Comparison, ours: str, rival: str, score: str) -> list[str]:
    columns, spent = comparison.columns(score), comparison.seconds(score)
    mine, theirs, base = columns[ours], columns[rival], columns[BASE]
    if not mine:
        return []
    difference = error_reduction(mine, base) - error_reduction(theirs, base)
    times = ["", ""]
    if spent[ours]:
        total = sum(spent[ours].values()) / sum(spent[rival].values())
        times = [_times(total), _times(geometric_ratio(spent[ours], spent[rival]))]
    return [
        ours,
        rival,
        SCORES[score],
        f"{100 * difference:+.1f}",
        f"{100 * half_width(mine, theirs, base):.1f}",
        f"{100 * win_rate(mine, theirs):.0f}",
        *times,
    ]


def every_set(comparison: Comparison, score: str) -> str:
    """Set x model: the mean over the splits."""
    columns = {model: set_means(c) for model, c in comparison.columns(score).items()}
    rows = [
        [name, *(f"{columns[model][name]:.4f}" for model in comparison.models)]
        for name in columns[BASE]
    ]
    return table(["set", *comparison.models], rows)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _times(value: float) -> str:
    return f"{value:.3f}" if value < 0.1 else f"{value:.2f}"
