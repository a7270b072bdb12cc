"""`chainrule train DATA --target COLUMN`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import (
    AsJson,
    Data,
    Delimiter,
    Encoding,
    Force,
    Glob,
    Missing,
    NoHeader,
    Quiet,
    Reading,
    Sql,
    Threads,
)
from chainrule.cli.output import Output
from chainrule.cli.task import Task
from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.table.file_table import FileTable

_SHOWN_COLUMNS = 30
_REASONS = {
    "epochs": "all epochs done",
    "patience": "no better epoch for as long as patience allows",
    "tol": "the loss stopped falling",
    "time_limit": "the time limit was reached",
    "interrupted": "interrupted; the best epoch so far is kept",
    "callback": "stopped",
}


def train(
    data: Data,
    target: Annotated[str, typer.Option(metavar="COLUMN", help="The column to predict.")],
    model: Annotated[
        str | None, typer.Option(metavar="FILE", help="Default: DATA's name with .safetensors.")
    ] = None,
    task: Annotated[Task | None, typer.Option(help="Default: by the target's values.")] = None,
    epochs: Annotated[int | None, typer.Option(min=1, help="Passes over the rows.")] = None,
    hidden: Annotated[
        str | None, typer.Option(metavar="N,N,...", help="Units of the hidden layers.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same model.")] = 0,
    learning_rate: Annotated[float | None, typer.Option(help="Step size.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, help="Rows per step.")] = None,
    dropout: Annotated[float | None, typer.Option(help="Share of units left out.")] = None,
    validation_fraction: Annotated[
        float, typer.Option(help="Share of the rows that chooses the epoch.")
    ] = 0.2,
    patience: Annotated[
        int | None, typer.Option(min=1, help="Stop after so many epochs without a better one.")
    ] = None,
    time_limit: Annotated[float | None, typer.Option(help="Seconds.")] = None,
    balanced: Annotated[
        bool, typer.Option("--balanced", help="Give every class the same weight.")
    ] = False,
    text: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Read as text; repeatable.")
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(metavar="COLUMN", help="Leave out; repeatable.")
    ] = None,
    missing: Missing = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    encoding: Encoding = None,
    sql: Sql = None,
    glob: Glob = False,
    threads: Threads = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a model on a table and save it."""
    out = Output(as_json=as_json, quiet=quiet)
    path = model or _default_path(data)
    from chainrule.cli.model import refuse_existing

    refuse_existing(path, force, "--model")
    sizes = None if hidden is None else _sizes(hidden)
    reading = Reading(delimiter, no_header, encoding, tuple(missing or ()), sql, glob)
    table = reading.table(data, text=text or (), ignore=ignore or ())
    X, y, chosen, why = _problem(table, target, task)

    machine = _machine()
    out.say(f"chainrule {machine['version']}, {machine['isa']}, {machine['n_threads']} threads", "")
    _show_table(out, table, target, chosen, why)
    for notice in table.report.notices:
        out.notice(notice)

    settings: dict[str, Any] = {
        "hidden_layer_sizes": sizes,
        "epochs": epochs,
        "learning_rate": learning_rate,
        "batch_size": "auto" if batch_size is None else batch_size,
        "dropout": dropout,
        "validation_fraction": validation_fraction,
        "patience": patience,
        "time_limit": time_limit,
        "random_state": seed,
        "n_threads": threads,
        "verbose": out.verbose,
    }
    estimator = _estimator(chosen, balanced, settings)
    with out.catching():
        estimator.fit(X, y)
    scores = _scores(estimator, X, y, chosen, validation_fraction, seed)
    _show_training(out, estimator)
    _show_scores(out, scores)
    _save(path, estimator, target, reading.missing, scores["baseline"])
    out.say("")
    out.result(f"saved to {path}")
    out.next("chainrule", "predict", path, data, *reading.arguments())
    out.document(_summary(path, table, target, chosen, estimator, scores, machine))


def _problem(
    table: FileTable, target: str, task: Task | None
) -> tuple[FileTable, np.ndarray, Task, str]:
    """Features, target, the task, and why it is that."""
    from chainrule.cli.task import as_target, check_target, task_of
    from chainrule.table.names import check_present

    check_present([target], list(table), table.report.source)
    values = check_target(table, target)
    chosen, why = task_of(table, target, task)
    X = table.without(target)
    if not len(X):
        raise DataError(
            f"{table.report.source} has no column beside the target {target!r}.",
            "Add the columns to predict it from.",
        )
    return X, as_target(values, chosen, target), chosen, why


def _default_path(data: str) -> str:
    return Path(data).name.split(".")[0].replace("*", "").replace("?", "") + ".safetensors"


def _sizes(text: str) -> tuple[int, ...]:
    try:
        sizes = tuple(int(part) for part in text.split(",") if part.strip())
    except ValueError:
        sizes = ()
    if not sizes or min(sizes) < 1:
        raise typer.BadParameter(f"--hidden takes whole numbers such as 256,256, found {text!r}.")
    return sizes


def _estimator(task: Task, balanced: bool, settings: dict[str, Any]) -> Any:
    import chainrule

    if task is Task.classification:
        weight = "balanced" if balanced else None
        return chainrule.TabularClassifier(class_weight=weight, **settings)
    if balanced:
        raise DataError("--balanced is for classification.", "Leave it out.")
    return chainrule.TabularRegressor(**settings)


def _machine() -> dict[str, Any]:
    from chainrule import engine

    return engine.machine()


def _scores(
    estimator: Any, X: FileTable, y: np.ndarray, task: Task, fraction: float, seed: int
) -> dict[str, Any]:
    """Scores on the validation rows (without any, on the training rows) beside the trivial ones."""
    import numpy as np

    from chainrule.cli.scores import baseline_of, baseline_scores, model_scores
    from chainrule.estimators.split import validation_split

    codes = np.unique(y, return_inverse=True)[1] if task is Task.classification else None
    rows, validation = validation_split(len(y), fraction, seed, codes)
    held_out = len(validation) > 0
    judged = validation if held_out else rows
    kept = {name: values[judged] for name, values in X.items()}
    baseline = baseline_of(estimator, y[rows])
    words, trivial = baseline_scores(estimator, baseline, y[judged])
    return {
        "rows": "validation" if held_out else "training",
        "n_training_rows": len(rows),
        "n_validation_rows": len(validation),
        "model": model_scores(estimator, kept, y[judged]),
        "trivial": trivial,
        "trivial_answer": words,
        "baseline": baseline,
    }


def _save(
    path: str, estimator: Any, target: str, missing: tuple[str, ...], baseline: dict[str, Any]
) -> None:
    from chainrule.cli.model import TABLE_KEY
    from chainrule.files import save_model

    record = estimator._to_record()
    record.optional[TABLE_KEY] = {
        "target": target,
        "missing": list(missing),
        "baseline": baseline,
    }
    save_model(path, record)


def _show_table(out: Output, table: FileTable, target: str, task: Task, why: str) -> None:
    from chainrule.cli.columns import values_in_words
    from chainrule.table.dialect import delimiter_name

    report = table.report
    mark = report.delimiter and f", separated by '{delimiter_name(report.delimiter)}'"
    out.heading(
        f"{report.source}: {report.n_rows:,} rows, {len(report.columns)} columns{mark or ''}"
    )
    rows = [("column", "type", "missing", "values")]
    for column in report.columns[:_SHOWN_COLUMNS]:
        is_target = column.name == target
        words = values_in_words(
            table[column.name], column.kind, counts=is_target and task is Task.classification
        )
        words = f"target: {words}" if is_target else words
        rows.append((column.name, column.kind, str(column.n_missing), words))
    out.table(rows, right=(2,))
    if len(report.columns) > _SHOWN_COLUMNS:
        out.say(f"  ... and {len(report.columns) - _SHOWN_COLUMNS} more columns")
    out.say(
        "", f"task: {task.value}, because {why}" if why[0] == "'" else f"task: {task.value}, {why}"
    )


def _show_training(out: Output, estimator: Any) -> None:
    history = estimator.history_
    training = estimator._training
    batch = "full batch" if training.batch_size is None else f"batches of {training.batch_size}"
    out.say("")
    out.heading(str(estimator.network_).replace("Network", "network", 1))
    out.say(
        f"training: {training.optimizer}, learning rate {training.learning_rate:g} "
        f"({training.schedule.name}), {batch}, seed {training.seed}"
    )
    reason = _REASONS.get(history.stop_reason, history.stop_reason)
    kept = "" if history.best_epoch is None else f"; epoch {history.best_epoch + 1} is kept"
    out.say(f"stopped after epoch {history.n_epochs} ({reason}) in {history.seconds:.1f} s{kept}")


def _show_scores(out: Output, scores: dict[str, Any]) -> None:
    from chainrule.cli.scores import score_rows

    counts = scores["n_validation_rows"] or scores["n_training_rows"]
    title = f"{scores['rows']}, {counts:,} rows"
    rows = score_rows(title, scores["model"], scores["trivial_answer"], scores["trivial"])
    out.say("")
    out.result(*_lines(rows))


def _lines(rows: Any) -> list[str]:
    from chainrule.cli.output import aligned

    return aligned(rows, right=(1, 2))


def _summary(
    path: str,
    table: FileTable,
    target: str,
    task: Task,
    estimator: Any,
    scores: dict[str, Any],
    machine: dict[str, Any],
) -> dict[str, Any]:
    history = estimator.history_
    return {
        "model": os.path.abspath(path),
        "machine": machine,
        "table": {
            "source": table.report.source,
            "format": table.report.format,
            "delimiter": table.report.delimiter,
            "n_rows": table.n_rows,
            "columns": [vars(column) for column in table.report.columns],
        },
        "target": target,
        "task": task.value,
        "network": estimator._spec.to_json(),
        "n_parameters": estimator._spec.n_parameters,
        "training": estimator._training.to_json(),
        "n_epochs": history.n_epochs,
        "best_epoch": history.best_epoch,
        "stop_reason": history.stop_reason,
        "seconds": history.seconds,
        "loss": history.loss,
        "validation_loss": history.validation_loss,
        "scores": {key: value for key, value in scores.items() if key != "baseline"},
    }
