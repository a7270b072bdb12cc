"""`chainrule train DATA --target COLUMN`."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import (
    AsJson,
    Force,
    Quiet,
    Tables,
    Threads,
)
from chainrule.cli.output import Output
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.cli.task import Task
from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.table.read import FileTable


class Preset(StrEnum):
    """The keys of `estimators.tabular.recipe.PRESETS`, which --help does not load."""

    default = "default"
    fast = "fast"
    best = "best"


@reads_tables
def train(
    target: Annotated[str, typer.Option(metavar="COLUMN", help="Column to predict.")],
    data: Tables = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Model file; default DATA's name with .safetensors."),
    ] = None,
    task: Annotated[
        Task | None, typer.Option(help="What to learn; the target's values tell if left out.")
    ] = None,
    loss: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Loss of a regression: squared_error, absolute_error, huber, poisson, pinball.",
        ),
    ] = None,
    quantiles: Annotated[
        str | None,
        typer.Option(
            metavar="Q,Q,...", help="Quantiles that pinball predicts; default 0.1,0.5,0.9."
        ),
    ] = None,
    preset: Annotated[
        Preset,
        typer.Option(help="fast trains one network, default averages 4, best 8 that train longer."),
    ] = Preset.default,
    epochs: Annotated[
        int | None, typer.Option(min=1, help="Number of passes over the rows.")
    ] = None,
    hidden: Annotated[
        str | None, typer.Option(metavar="N,N,...", help="Numbers of units in the hidden layers.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed; the same seed gives the same model.")] = 0,
    learning_rate: Annotated[float | None, typer.Option(help="Learning rate.")] = None,
    batch_size: Annotated[
        int | None, typer.Option(min=1, help="Number of rows in a batch.")
    ] = None,
    dropout: Annotated[
        float | None, typer.Option(help="Share of units that a step leaves out.")
    ] = None,
    validation_fraction: Annotated[
        float, typer.Option(help="Share of the rows that choose the epoch.")
    ] = 0.2,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Stop after this many epochs without a better one.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Stop after this many seconds.")] = None,
    balanced: Annotated[
        bool, typer.Option("--balanced", help="Give every class the same weight.")
    ] = False,
    text: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Read this column as text; repeatable."),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Leave this column out; repeatable.")
    ] = None,
    reading: Reading = TYPED,
    drop_missing_target: Annotated[
        bool,
        typer.Option("--drop-missing-target", help="Leave out rows that have no target."),
    ] = False,
    keep_id: Annotated[
        bool,
        typer.Option(
            "--keep-id", help="Learn from columns with a value of its own in every row, too."
        ),
    ] = False,
    private: Annotated[
        bool,
        typer.Option(
            "--private", help="Keep keyed hashes of categories in the model, not their names."
        ),
    ] = False,
    threads: Threads = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a model on a table and save it."""
    from chainrule.cli.model import TABLE_KEY, refuse_existing

    out = Output(as_json=as_json, quiet=quiet)
    path = model or _default_path(data or (), reading)
    refuse_existing(path, force, "--model")
    sizes = None if hidden is None else _numbers(hidden, int, "--hidden", "whole", "256,256")
    levels = None if quantiles is None else _numbers(quantiles, float, "--quantiles", "", "0.1,0.9")
    reading = replace(reading, text=tuple(text or ()))
    table = reading.read(data, ignore=ignore or (), exact=(target,), keep_index=keep_id)
    X, y, chosen, why = _problem(table, target, task, out, drop_missing=drop_missing_target)

    settings: dict[str, Any] = {
        "preset": preset.value,
        "hidden_layer_sizes": sizes,
        "epochs": epochs,
        "learning_rate": learning_rate,
        "batch_size": "auto" if batch_size is None else batch_size,
        "dropout": dropout,
        "validation_fraction": validation_fraction,
        "patience": patience,
        "time_limit": time_limit,
        "drop_identifiers": not keep_id,
        "hash_categories": private,
        "random_state": seed,
        "n_threads": threads,
        "verbose": out.verbose,
    }
    estimator = _estimator(chosen, balanced, loss, levels, settings)
    from chainrule import engine
    from chainrule.cli.training_report import show_scores, show_table, show_training, summary

    machine = engine.machine()
    out.say(f"chainrule {machine['version']}, {machine['isa']}, {machine['n_threads']} threads", "")
    show_table(out, table, y, chosen, why)
    for notice in table.report.notices:
        out.notice(notice)
    start = time.perf_counter()
    with out.catching():
        estimator.fit(X, y)
    seconds = time.perf_counter() - start
    scores, baseline = _scores(estimator, X, y)
    show_training(out, estimator, seconds)
    show_scores(out, scores)
    note = {
        "target": target,
        **reading.noted(table.report),
        "baseline": baseline,
    }
    estimator.save(path, notes={TABLE_KEY: note})
    out.say("")
    out.result(f"saved to {path}")
    out.next("chainrule", "predict", path, *(data or ()), *reading.arguments())
    out.document(summary(path, table, target, chosen, estimator, seconds, scores, machine))


def _problem(
    table: FileTable, target: str, task: Task | None, out: Output, *, drop_missing: bool
) -> tuple[FileTable, np.ndarray, Task, str]:
    """Features, target, the task, and why it is that."""
    from chainrule.cli.task import as_target, check_target, task_of, without_missing
    from chainrule.table.read.names import check_present, found_names

    target = found_names([target], list(table))[target]
    check_present([target], list(table), table.report.source)
    if drop_missing:
        table = without_missing(table, target, out)
    values = check_target(table, target)
    chosen, why = task_of(table, target, task)
    X = table.without(target)
    if not len(X):
        raise DataError(
            f"{table.report.source} has no column beside the target {target!r}.",
            "Add the columns to predict it from.",
        )
    return X, as_target(values, chosen, target), chosen, why


def _default_path(data: Sequence[str], reading: Reading) -> str:
    """The table's name with another ending; a table without a name makes the model "model"."""
    name = Path(data[0]).name if data and data[0] != "-" and os.path.isfile(data[0]) else ""
    name = Path(data[0]).name if data and reading.glob else name or "model"
    return name.split(".")[0].replace("*", "").replace("?", "") + ".safetensors"


def _numbers(text: str, kind: type, option: str, noun: str, example: str) -> tuple[Any, ...]:
    try:
        numbers = tuple(kind(part) for part in text.split(",") if part.strip())
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) <= 0:
        what = f"{noun} numbers".strip()
        raise typer.BadParameter(f"{option} takes {what} such as {example}, found {text!r}.")
    return numbers


def _estimator(
    task: Task,
    balanced: bool,
    loss: str | None,
    quantiles: tuple[float, ...] | None,
    settings: dict[str, Any],
) -> Any:
    """The estimator, its settings checked before anything is printed."""
    import chainrule
    from chainrule.estimators.tabular.epoch_metric import QUANTILE_LOSS
    from chainrule.estimators.tabular.number_target import regression_loss
    from chainrule.estimators.tabular.recipe import resolve

    if task is Task.classification:
        if loss or quantiles:
            raise DataError("--loss and --quantiles are for regression.", "Leave them out.")
        weight = "balanced" if balanced else None
        estimator: Any = chainrule.TabularClassifier(class_weight=weight, **settings)
    elif balanced:
        raise DataError("--balanced is for classification.", "Leave it out.")
    else:
        if quantiles:
            loss, settings = loss or QUANTILE_LOSS, {**settings, "quantiles": quantiles}
        estimator = chainrule.TabularRegressor(loss=loss, **settings)
    arguments = estimator.get_params(deep=False)
    recipe = resolve(arguments, task.value)
    checked = regression_loss(loss, arguments.get("quantiles"))
    spec = recipe.network(1, len(checked.quantiles) or 1, checked)
    named = ("random_state", "n_threads", "patience")
    recipe.training(spec, 1, *(settings[name] for name in named))
    return estimator


def _scores(estimator: Any, X: FileTable, y: np.ndarray) -> tuple[dict[str, Any], dict[str, Any]]:
    """(scores beside the baseline's, what the baseline knows), of rows that a network did not see.

    The validation rows of one network; all rows that some network of several was validated on, each
    answered by that network; without any, the training rows.
    """
    import numpy as np

    from chainrule.cli.scores import answers, baseline_of, baseline_scores, scores_of

    validated, predictions = [], []
    for number, member in enumerate(estimator.members_):
        if member.eval_rows is not None:
            validated.append(member.eval_rows)
            kept = X.take(member.eval_rows)
            predictions.append(answers(estimator.only(number), kept))
    rows = np.arange(len(y))
    if len(estimator.members_) == 1 and validated:
        rows = np.setdiff1d(rows, validated[0])
    known = baseline_of(estimator, y[rows])
    truth = y[np.concatenate(validated)] if validated else y
    words, baseline = baseline_scores(estimator, known, truth)
    found = np.concatenate(predictions) if validated else answers(estimator, X)
    scores = {
        "rows": "validation" if validated else "training",
        "n_training_rows": len(rows),
        "n_validation_rows": len(truth) if validated else 0,
        "model": scores_of(estimator, truth, found),
        "baseline": baseline,
        "baseline_answer": words,
    }
    return scores, known
