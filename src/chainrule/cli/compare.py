"""`chainrule compare DATA --target COLUMN`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.config import configured
from chainrule.cli.options import (
    AsJson,
    DropMissingTarget,
    FoldGroups,
    Folds,
    FoldSeed,
    FoldTime,
    Ignore,
    Learned,
    Preset,
    Quiet,
    Tables,
    Text,
    Threads,
)
from chainrule.cli.output import Output
from chainrule.cli.problem import problem_of
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.cli.task import Task, without_missing

if TYPE_CHECKING:
    from chainrule.estimators.tabular.comparison import Compared, Comparison

_SHOWN = ("log_loss", "accuracy", "auc", "rmse", "mae", "r2")


@configured
@reads_tables
def compare(
    target: Learned,
    data: Tables = None,
    folds: Folds = 5,
    task: Annotated[
        Task | None, typer.Option(help="What to learn; the target's values tell if left out.")
    ] = None,
    preset: Annotated[
        list[Preset] | None,
        typer.Option(help="Networks to try: default, fast, best; repeatable; default if left out."),
    ] = None,
    groups: FoldGroups = None,
    in_time: FoldTime = None,
    seed: FoldSeed = 0,
    drop_missing_target: DropMissingTarget = False,
    text: Text = None,
    ignore: Ignore = None,
    reading: Reading = TYPED,
    threads: Threads = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Compare networks with boosted trees, a linear model and one answer for all rows.

    Every model is trained on the same folds, and scored on rows that it had not seen.
    """
    from chainrule.cli.splits import fold_rows
    from chainrule.estimators.tabular.comparison import compare as comparison_of

    out = Output(as_json=as_json, quiet=quiet)
    reading = replace(reading, text=tuple(text or ()))
    table = reading.read(data, ignore=ignore or (), exact=(target,))
    for notice in table.report.notices:
        out.notice(notice)
    if drop_missing_target:
        table = without_missing(table, target, out)
    problem = problem_of(table, target, task, groups=groups, time=in_time)
    is_classification = problem.task is Task.classification
    names = list(dict.fromkeys(p.value for p in preset or [Preset.default]))
    told: list[str] = []

    def tell(name: str, fold: int) -> None:
        if name not in told:
            told.append(name)
            out.say(f"training {name}, {folds} times")

    with out.catching():
        found = comparison_of(
            problem.X, problem.y, fold_rows(problem, folds, seed),
            is_classification=is_classification, presets=names, groups=problem.groups,
            time_of_rows=problem.time, random_state=seed, n_threads=threads, told=tell,
        )  # fmt: skip
    out.say("")
    _show(out, found)
    out.say("", *_verdicts(found))
    out.next("chainrule", "train", *(data or ()), "--target", target, *reading.arguments())
    out.document(_document(target, problem.task.value, found))


def _show(out: Output, found: Comparison) -> None:
    """A line a model: the metric with its interval, then the others; the constant answer last."""
    others = [name for name in _SHOWN if name in found.models[0].scores and name != found.metric]
    head = [f"{found.n_rows:,} rows", found.metric, "90 % interval", *others, "seconds"]
    rows = [head]
    for model in found.models:
        score = model.scores[found.metric]
        rows.append([
            model.name, _short(score.value), f"{_short(score.low)} to {_short(score.high)}",
            *(_short(model.scores[name].value) for name in others), f"{model.seconds:.1f}",
        ])  # fmt: skip
    base = found.models[0].scores
    constant = [_short(base[name].baseline) for name in others]
    rows.append(["one answer for all", _short(base[found.metric].baseline), "", *constant, ""])
    out.table(rows, right=range(1, len(head)))


def _verdicts(found: Comparison) -> list[str]:
    """The best model beside each of the others, row by row."""
    best = found.models[0]
    loss = "log_loss" if found.metric == "log_loss" else "mean squared error"
    lines = []
    for other in found.models[1:]:
        more, low, high = found.difference(best.name, other.name)
        if low > 0:
            lines.append(f"{best.name} is better than {other.name}: {loss} lower by {_short(more)}")
            lines.append(f"  (90 % interval {_short(low)} to {_short(high)})")
        else:
            lines.append(f"{best.name} and {other.name}: these rows show no sure difference")
    return lines


def _short(value: float) -> str:
    return f"{value:.4f}" if abs(value) < 100 else f"{value:,.6g}"


def _document(target: str, task: str, found: Comparison) -> dict[str, Any]:
    return {
        "target": target,
        "task": task,
        "metric": found.metric,
        "n_rows": found.n_rows,
        "folds": found.n_folds,
        "models": [_model(model, found) for model in found.models],
    }


def _model(model: Compared, found: Comparison) -> dict[str, Any]:
    best = found.models[0].name
    return {
        "name": model.name,
        "seconds": model.seconds,
        "scores": {name: score.to_json() for name, score in model.scores.items()},
        "worse_than_best_by": found.difference(best, model.name),
    }
