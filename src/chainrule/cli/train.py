"""`chainrule train DATA --target COLUMN`."""

from __future__ import annotations

import datetime
import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.config import PATHS, SETTINGS, configured
from chainrule.cli.ending import Ended, Ending, beside
from chainrule.cli.estimator_options import CHOSEN, EstimatorOptions, makes_estimators
from chainrule.cli.given import GIVEN, without
from chainrule.cli.options import (
    AsJson,
    DropMissingTarget,
    Force,
    HeldTogether,
    Ignore,
    Learned,
    ModelFile,
    Quiet,
    RowWeights,
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
    found_columns,
)
from chainrule.errors import DataError

if TYPE_CHECKING:
    from chainrule.files.checkpoint import Checkpoint
    from chainrule.table.read import FileTable


@configured
@makes_estimators
@reads_tables
def train(
    target: Learned,
    data: Tables = None,
    model: ModelFile = None,
    chosen: EstimatorOptions = CHOSEN,
    validation: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Table whose rows choose the epochs and are scored."),
    ] = None,
    holdout: Annotated[
        float | None,
        typer.Option(metavar="SHARE", help="Keep this share of the rows out and score them."),
    ] = None,
    groups: HeldTogether = None,
    in_time: Annotated[
        str | None,
        typer.Option("--time", metavar="COLUMN", help="The last rows by this column are held out."),
    ] = None,
    weights: RowWeights = None,
    time_limit: Annotated[float | None, typer.Option(help="Stop after this many seconds.")] = None,
    text: Text = None,
    ignore: Ignore = None,
    reading: Reading = TYPED,
    drop_missing_target: DropMissingTarget = False,
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
    from chainrule.cli.model import TABLE_KEY, default_path, refuse_existing
    from chainrule.cli.task import without_missing

    out, ending = Output(as_json=as_json, quiet=quiet, endures=True), Ending()
    path = model or default_path(data or (), reading)
    refuse_existing(path, force, "--model")
    reading = replace(reading, text=tuple(text or ()))
    table = reading.read(data, ignore=ignore or (), exact=(target,), keep_index=chosen.keep_id)
    target = found_columns(table, {"--target": target})["--target"]
    if drop_missing_target:
        table = without_missing(table, target, out)
    problem = problem_of(table, target, chosen.task, weights=weights, groups=groups, time=in_time)
    estimator = chosen.estimator(
        table, problem, target, time_limit=time_limit, n_threads=threads, verbose=out.verbose
    )
    known = _known_rows(validation, holdout, reading, table, problem, target, chosen.seed)
    from chainrule import engine
    from chainrule.cli.training_report import show_table, show_training, summary
    from chainrule.cli.training_scores import show_diagnosis, show_training_scores

    machine = engine.machine()
    out.say(f"chainrule {machine['version']}, {machine['isa']}, {machine['n_threads']} threads", "")
    show_table(out, table, problem.y, problem.task, problem.why)
    for notice in (*table.report.notices, *questions(problem, table)):
        out.notice(notice)
    start = time.perf_counter()
    trained = known.trained
    note = note_of(table, reading, target, len(trained.y), SETTINGS.get())
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


def note_of(
    table: FileTable, reading: Reading, target: str, n_rows: int, settings: Mapping[str, Any]
) -> dict[str, Any]:
    """What a model keeps of its training beside itself; of files, their fingerprint alone."""
    from chainrule.cli.fingerprint import fingerprint

    return {
        "target": target,
        **reading.noted(table.report),
        "n_rows": n_rows,
        "date": f"{datetime.date.today():%Y-%m-%d}",
        "fingerprint": fingerprint(table),
        "settings": {k: v for k, v in settings.items() if k not in (*PATHS, "threads")},
    }


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
