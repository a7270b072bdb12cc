"""`chainrule train DATA --target COLUMN`."""

from __future__ import annotations

import datetime
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.ending import Ended, Ending, beside
from chainrule.cli.given import GIVEN, without
from chainrule.cli.options import (
    AsJson,
    Balanced,
    DropMissingTarget,
    Force,
    Ignore,
    Learned,
    Preset,
    Quiet,
    Tables,
    Text,
    Threads,
)
from chainrule.cli.output import Output
from chainrule.cli.problem import (
    Problem,
    evaluation_rows,
    held_out_rows,
    problem_of,
    questions,
)
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.cli.row_columns import (
    check_categorical,
    check_counts,
    class_weights_of,
    found_columns,
)
from chainrule.cli.task import Task
from chainrule.errors import DataError

if TYPE_CHECKING:
    from chainrule.files.checkpoint import Checkpoint
    from chainrule.table.read import FileTable


@reads_tables
def train(
    target: Learned,
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
        typer.Option(
            help="default averages 4 networks, fast trains one, best averages 8 that train longer."
        ),
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
    metric: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="What chooses the epoch, such as accuracy, auc or mae."),
    ] = None,
    validation_fraction: Annotated[
        float | None, typer.Option(help="Share of the rows that choose a network's epoch.")
    ] = None,
    validation: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Table whose rows choose the epochs and are scored."),
    ] = None,
    holdout: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Keep this share of the rows out and score them."),
    ] = None,
    groups: Annotated[
        str | None,
        typer.Option(metavar="COLUMN", help="Rows of one value are held out together; no input."),
    ] = None,
    in_time: Annotated[
        str | None,
        typer.Option("--time", metavar="COLUMN", help="The last rows by this column are held out."),
    ] = None,
    weights: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Weight of each row; no input.")
    ] = None,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Stop after this many epochs without a better one.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Stop after this many seconds.")] = None,
    balanced: Balanced = False,
    class_weight: Annotated[
        list[str] | None,
        typer.Option(metavar="LABEL=FACTOR", help="Weight of a class; repeatable."),
    ] = None,
    categorical: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="Numbers of this column name categories; repeatable."),
    ] = None,
    text: Text = None,
    ignore: Ignore = None,
    reading: Reading = TYPED,
    drop_missing_target: DropMissingTarget = False,
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
    checkpoint: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Keep where training stands here; go on if it is there."),
    ] = None,
    threads: Threads = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a model on a table and save it."""
    from chainrule.cli.model import TABLE_KEY, refuse_existing
    from chainrule.cli.task import without_missing

    out, ending = Output(as_json=as_json, quiet=quiet, endures=True), Ending()
    path = model or _default_path(data or (), reading)
    refuse_existing(path, force, "--model")
    sizes = None if hidden is None else _numbers(hidden, int, "--hidden", "whole", "256,256")
    levels = None if quantiles is None else _numbers(quantiles, float, "--quantiles", "", "0.1,0.9")
    reading = replace(reading, text=tuple(text or ()))
    table = reading.read(data, ignore=ignore or (), exact=(target,), keep_index=keep_id)
    target = found_columns(table, {"--target": target})["--target"]
    if drop_missing_target:
        table = without_missing(table, target, out)
    problem = problem_of(table, target, task, weights=weights, groups=groups, time=in_time)
    chosen = check_categorical(table, problem.X, categorical or (), target)
    settings: dict[str, Any] = {
        "preset": preset.value,
        "hidden_layer_sizes": sizes,
        "epochs": epochs,
        "learning_rate": learning_rate,
        "batch_size": "auto" if batch_size is None else batch_size,
        "dropout": dropout,
        "metric": metric,
        "validation_fraction": validation_fraction,
        "categorical_features": chosen or None,
        "patience": patience,
        "time_limit": time_limit,
        "drop_identifiers": not keep_id,
        "hash_categories": private,
        "random_state": seed,
        "n_threads": threads,
        "verbose": out.verbose,
    }
    factors: Any = "balanced" if balanced else None
    if class_weight:
        if balanced:
            raise DataError(
                "--balanced and --class-weight cannot both weigh the classes.",
                "Leave one of them out.",
            )
        if problem.task is not Task.classification:
            raise DataError(_FOR_CLASSES, "Leave them out.")
        factors = class_weights_of(class_weight, sorted(set(problem.y.tolist())))
    estimator = _estimator(problem.task, factors, loss, levels, settings)
    if loss == "poisson":
        check_counts(table, target, problem.y)
    known = _known_rows(validation, holdout, reading, table, problem, target, seed)
    from chainrule import engine
    from chainrule.cli.fingerprint import fingerprint
    from chainrule.cli.training_report import show_table, show_training, summary
    from chainrule.cli.training_scores import show_diagnosis, show_training_scores

    machine = engine.machine()
    out.say(f"chainrule {machine['version']}, {machine['isa']}, {machine['n_threads']} threads", "")
    show_table(out, table, problem.y, problem.task, problem.why)
    for notice in (*table.report.notices, *questions(problem, table)):
        out.notice(notice)
    start = time.perf_counter()
    trained = known.trained
    note = {
        "target": target,
        **reading.noted(table.report),
        "n_rows": len(trained.y),
        "date": f"{datetime.date.today():%Y-%m-%d}",
        "fingerprint": fingerprint(table),
    }
    with ending.heard():
        saved = None if checkpoint is None else _checkpoint(checkpoint, out)
        with out.catching():
            estimator.fit(
                trained.X,
                trained.y,
                trained.weights,
                eval_set=known.eval_set,
                groups=trained.groups,
                time=trained.time,
                checkpoint=saved,
            )
        seconds = time.perf_counter() - start
        path = _place(estimator, path, ending, checkpoint)
        # Saved before anything that can fail: scores and words come after it.
        with ending.waiting(), out.catching():
            estimator.save(path, notes={TABLE_KEY: note})
        show_training(out, estimator, seconds)
        scores = show_training_scores(out, estimator, trained, known.held_out)
        show_diagnosis(out, estimator, trained, path, *(data or ()))
    out.say("")
    out.result(f"saved to {path}")
    if ending.number:
        out.say(f"{ending.name} ended the training: this is the best so far.")
        if checkpoint is not None and os.path.exists(checkpoint):
            out.next("chainrule", "resume", checkpoint)
    else:
        out.next("chainrule", "predict", path, *(data or ()), *reading.arguments())
    out.document(summary(path, table, target, problem.task, estimator, seconds, scores, machine))
    out.finish(path)
    if ending.number:
        raise Ended(ending.code)


_FOR_CLASSES = "--balanced and --class-weight are for classification."


def _checkpoint(path: str, out: Output) -> Checkpoint:
    """The file; says where it goes on."""
    from chainrule.files.checkpoint import Checkpoint

    saved = Checkpoint(path, command=without(GIVEN.get(), "--checkpoint", 1))
    if saved.n_epochs:
        out.say(f"going on from {path}, after {saved.n_epochs:,} epochs")
    return saved


def _place(estimator: Any, path: str, ending: Ending, checkpoint: str | None) -> str:
    """Where to save: an unfinished training takes the place of no file, nor that of the model to
    come from its checkpoint."""
    if not estimator.interrupted_:
        return path
    from chainrule.engine import forget_interrupt

    forget_interrupt()
    ending.number = ending.number or signal.SIGINT
    if not estimator.n_epochs_:
        raise Ended(ending.code, f"ended by {ending.name} before the first epoch; nothing saved.")
    return beside(path) if os.path.exists(path) or checkpoint is not None else path


@dataclass(frozen=True)
class _Known:
    """Which rows do what."""

    trained: Problem
    chosen_by: Problem | None = None
    held_out: Problem | None = None

    @property
    def eval_set(self) -> tuple[Any, Any] | None:
        """The rows that choose the epochs, where they were named."""
        return None if self.chosen_by is None else (self.chosen_by.X, self.chosen_by.y)


def _known_rows(
    validation: str | None,
    holdout: float | None,
    reading: Reading,
    table: FileTable,
    problem: Problem,
    target: str,
    seed: int,
) -> _Known:
    """The rows to train on, those of --validation and those of --holdout."""
    if holdout is None:
        other = None
        if validation is not None:
            other = evaluation_rows(validation, reading, table, problem, target)
        return _Known(problem, other)
    if validation is not None:
        raise DataError("--holdout and --validation both keep rows back.", "Leave one of them out.")
    import numpy as np

    held_out = held_out_rows(problem, holdout, seed)
    kept = np.setdiff1d(np.arange(len(problem.y)), held_out)
    return _Known(problem.take(kept), None, problem.take(held_out))


def _default_path(data: Sequence[str], reading: Reading) -> str:
    """The table's name with another ending; a table without a name makes the model "model"."""
    name = Path(data[0]).name if data and data[0] != "-" and os.path.isfile(data[0]) else ""
    name = Path(data[0]).name if data and reading.glob else name or "model"
    return name.split(".")[0].replace("*", "").replace("?", "") + ".safetensors"


def _numbers(text: str, kind: type, option: str, noun: str, example: str) -> tuple[Any, ...]:
    try:
        numbers = tuple(kind(part) for part in text.removesuffix(",").split(","))
    except ValueError:
        numbers = ()
    if not numbers or min(numbers) <= 0:
        what = f"{noun} numbers".strip()
        raise typer.BadParameter(f"{option} takes {what} such as {example}, found {text!r}.")
    return numbers


def _estimator(
    task: Task,
    class_weight: Any,
    loss: str | None,
    quantiles: tuple[float, ...] | None,
    settings: dict[str, Any],
) -> Any:
    """The estimator, its settings checked before anything is printed."""
    import chainrule
    from chainrule.estimators.tabular.arguments import check_tabular
    from chainrule.estimators.tabular.epoch_metric import (
        CLASSIFIER_METRICS,
        QUANTILE_LOSS,
        REGRESSOR_METRICS,
    )
    from chainrule.estimators.tabular.number_target import regression_loss
    from chainrule.estimators.tabular.recipe import resolve

    if task is Task.classification:
        if loss or quantiles:
            raise DataError("--loss and --quantiles are for regression.", "Leave them out.")
        estimator: Any = chainrule.TabularClassifier(class_weight=class_weight, **settings)
    elif class_weight is not None:
        raise DataError(_FOR_CLASSES, "Leave them out.")
    else:
        if quantiles and loss not in (None, QUANTILE_LOSS):
            raise DataError(
                f"--quantiles are those of --loss {QUANTILE_LOSS}, found --loss {loss}.",
                "Leave one of them out.",
            )
        if quantiles:
            loss, settings = loss or QUANTILE_LOSS, {**settings, "quantiles": quantiles}
        estimator = chainrule.TabularRegressor(loss=loss, **settings)
    arguments = estimator.get_params(deep=False)
    check_tabular(arguments)
    checked = regression_loss(loss, arguments.get("quantiles"))
    names = CLASSIFIER_METRICS
    if task is not Task.classification:
        names = REGRESSOR_METRICS[checked.name]
    metric = settings["metric"]
    if metric is not None and metric not in names:
        raise DataError(
            f"--metric {metric} is none of those that choose an epoch of a {task.value}.",
            f"They are: {', '.join(names)}.",
        )
    recipe = resolve(arguments, task.value)
    spec = recipe.network(1, len(checked.quantiles) or 1, checked)
    named = ("random_state", "n_threads", "patience")
    recipe.training(spec, 1, *(settings[name] for name in named))
    return estimator
