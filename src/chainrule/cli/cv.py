"""`chainrule cv DATA --target COLUMN`."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Annotated, Any

import typer

from chainrule.cli.config import configured
from chainrule.cli.options import (
    AsJson,
    Balanced,
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


@configured
@reads_tables
def cv(
    target: Learned,
    data: Tables = None,
    folds: Folds = 5,
    task: Annotated[
        Task | None, typer.Option(help="What to learn; the target's values tell if left out.")
    ] = None,
    preset: Annotated[
        Preset,
        typer.Option(
            help="default averages 4 networks, fast trains one, best averages 8 that train longer."
        ),
    ] = Preset.default,
    groups: FoldGroups = None,
    in_time: FoldTime = None,
    balanced: Balanced = False,
    seed: FoldSeed = 0,
    drop_missing_target: DropMissingTarget = False,
    text: Text = None,
    ignore: Ignore = None,
    reading: Reading = TYPED,
    threads: Threads = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Cross-validate: train a whole model for each fold, and score it on that fold's rows."""
    import numpy as np

    import chainrule
    from chainrule.cli.output import aligned
    from chainrule.cli.scores import score_of_folds
    from chainrule.cli.splits import fold_rows
    from chainrule.errors import DataError

    out = Output(as_json=as_json, quiet=quiet)
    reading = replace(reading, text=tuple(text or ()))
    table = reading.read(data, ignore=ignore or (), exact=(target,))
    if drop_missing_target:
        table = without_missing(table, target, out)
    problem = problem_of(table, target, task, groups=groups, time=in_time)
    settings: dict[str, Any] = {
        "preset": preset.value, "random_state": seed, "n_threads": threads,
    }  # fmt: skip
    if problem.task is Task.classification:
        kind: Any = chainrule.TabularClassifier
        settings["class_weight"] = "balanced" if balanced else None
    elif balanced:
        raise DataError("--balanced is for classification.", "Leave it out.")
    else:
        kind = chainrule.TabularRegressor
    pairs = fold_rows(problem, folds, seed)
    for notice in table.report.notices:
        out.notice(notice)
    start = time.perf_counter()
    found: list[dict[str, Any]] = []
    for number, (rows, held_out) in enumerate(pairs):
        kept, rest = problem.take(rows), problem.take(held_out)
        if problem.task is Task.classification:
            known = np.isin(rest.y, kept.y)
            rest = rest.take(np.flatnonzero(known))
        with out.catching():
            model = kind(**settings).fit(kept.X, kept.y, groups=kept.groups, time=kept.time)
            found.append(model.evaluate(rest.X, rest.y).scores())
        first, score = next(iter(found[-1].items()))
        out.say(f"fold {number}: {len(rest.y):,} rows, {first} {score.value:.4f}")
    out.say("")
    rows_shown, means = score_of_folds(found)
    out.result(*aligned(rows_shown, right=range(1, len(rows_shown[0]))))
    out.say(f"{len(found)} models in {time.perf_counter() - start:.1f} s; none is kept")
    out.next("chainrule", "train", *(data or ()), "--target", target, *reading.arguments())
    values = [{name: score.value for name, score in scores.items()} for scores in found]
    out.document({"target": target, "task": problem.task.value, "folds": values, "mean": means})
