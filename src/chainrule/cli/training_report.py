"""What `train` prints, and its JSON document."""

from __future__ import annotations

import os
import textwrap
from typing import Any

import numpy as np

from chainrule.cli.columns import classes_in_words, first_columns, values_in_words
from chainrule.cli.output import Output, width
from chainrule.cli.task import Task
from chainrule.cli.training_words import training_words
from chainrule.table.encode.column_encoder import counted
from chainrule.table.read import FileTable
from chainrule.table.read.dialect import delimiter_name
from chainrule.visible import visible

_REASONS = {
    "epochs": "all epochs done",
    "patience": "no better epoch for as long as patience allows",
    "tol": "the loss stopped falling",
    "time_limit": "the time limit was reached",
    "interrupted": "interrupted; the best epoch so far is kept",
    "callback": "stopped",
    "selector": "stopped",
}


def show_table(out: Output, table: FileTable, y: np.ndarray, task: Task, why: str) -> None:
    """The table as it was understood."""
    report = table.report
    mark = report.delimiter and f", separated by '{delimiter_name(report.delimiter)}'"
    out.heading(
        f"{report.source}: {report.n_rows:,} rows, {len(report.columns)} columns{mark or ''}"
    )
    rows = [("column", "type", "missing", "values")]
    shown, more = first_columns(report.columns)
    beside = [max(len(c.name) for c in shown), max(len(c.kind) for c in shown), len("missing")]
    room = width() - sum(beside) - 4 * len("  ")
    for column in shown:
        words = values_in_words(table[column.name], column.kind, room)
        rows.append((column.name, column.kind, str(column.n_missing), words))
    out.table(rows, right=(2,))
    out.say(*more, "", f"task: {task.value}, {why}")
    if task is Task.classification:
        out.say(f"classes: {visible(classes_in_words(y))}")


def show_training(out: Output, estimator: Any, seconds: float) -> None:
    """The network, or what several have in common, how it was trained, and why that ended."""
    history, training = estimator.history_, estimator.training_
    count = estimator.n_members_
    name = "network" if count == 1 else f"{count} networks"
    out.say("")
    out.heading(str(estimator.network_).splitlines()[0].replace("Network", name, 1))
    out.say(training_words(training))
    reason = _REASONS.get(history.stop_reason, history.stop_reason)
    kept = [member.history.best_epoch for member in estimator.members_]
    known = ", ".join(str(epoch) for epoch in kept if epoch is not None)
    which = "epoch" if count == 1 else "epochs"
    verb = "is" if count == 1 else "are"
    ending = f"; {which} {known} {verb} kept" if known else ""
    epochs = counted(estimator.n_epochs_, "epoch")
    line = f"stopped after {epochs} ({reason}) in {seconds:.1f} s{ending}"
    out.say(*textwrap.wrap(line, width(), subsequent_indent="  "))


def summary(
    path: str,
    table: FileTable,
    target: str,
    task: Task,
    estimator: Any,
    seconds: float,
    scores: dict[str, Any],
    machine: dict[str, Any],
) -> dict[str, Any]:
    """All of it as one JSON document; the losses and the best epoch are the first network's."""
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
        "network": estimator.spec_.to_json(),
        "n_members": estimator.n_members_,
        "n_parameters": estimator.spec_.n_parameters,
        "training": estimator.training_.to_json(),
        "n_epochs": estimator.n_epochs_,
        "best_epoch": history.best_epoch,
        "stop_reason": history.stop_reason,
        "seconds": seconds,
        "loss": history.loss,
        "validation_loss": history.validation_loss,
        "scores": scores,
    }
