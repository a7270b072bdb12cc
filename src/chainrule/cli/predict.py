"""`chainrule predict MODEL DATA`."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import (
    AsJson,
    Force,
    Model,
    Quiet,
    Signed,
    Tables,
)
from chainrule.cli.output import Output
from chainrule.cli.predictions import Predictions, format_of
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.cli.threshold import Threshold, check_two_classes, threshold_of
from chainrule.errors import ChainruleError, DataError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.cli.model import TableModel
    from chainrule.table.read import FileTable


@reads_tables
def predict(
    model: Model,
    data: Tables = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="File to write: .csv, .parquet or .jsonl; standard output if left out.",
        ),
    ] = None,
    keep: Annotated[
        list[str] | None,
        typer.Option(
            metavar="COLUMN", help="Column of the table to write beside the answers; repeatable."
        ),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option("--id", metavar="COLUMN", help="The same for the column that names the rows."),
    ] = None,
    excel_safe: Annotated[
        bool, typer.Option("--excel-safe", help="Put ' before text that looks like a formula.")
    ] = False,
    interval: Annotated[
        float | None,
        typer.Option(
            metavar="COVERAGE", help="Add bounds that hold this share of values, such as 0.9."
        ),
    ] = None,
    threshold: Threshold = None,
    stream: Annotated[
        bool,
        typer.Option("--stream", help="Answer rows of CSV as they come, - too, in little memory."),
    ] = False,
    reading: Reading = TYPED,
    force: Force = False,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Predict every row of a table: the answer, and probabilities, quantiles or bounds.

    Reads only the columns that the model needs, in any order.
    """
    from chainrule.cli.model import open_model, refuse_existing

    out = Output(as_json=as_json, quiet=quiet)
    if output is not None:
        format_of(output)
        refuse_existing(output, force, "-o")
    loaded = open_model(model, only_answers=True, require_signature=signed_by)
    kept = list(dict.fromkeys([*([id_column] if id_column else []), *(keep or ())]))
    asked = _Asked.of(loaded, kept, interval, threshold)
    if stream:
        if output is not None or as_json or len(data or ()) != 1:
            raise DataError(
                "--stream answers one table, on standard output.", "Leave -o and --json out."
            )
        _answer_pieces(asked, (data or [""])[0], reading, out, excel_safe)
        return
    table, features = loaded.read(data, reading, out, keep=kept)
    found, document = asked.answers(table, features, out)
    n_rows = features.n_rows
    again = [*(data or ()), *reading.arguments()]
    if output is not None:
        found.write(output, excel_safe, out)
        out.result(f"{n_rows:,} predictions written to {output}")
        out.next("chainrule", "evaluate", model, *again)
    else:
        out.data(found.csv(excel_safe, out).removesuffix("\n"))
        if "-" not in again:
            out.tell_next("chainrule", "predict", model, *again, "-o", "FILE")
    out.document(
        {
            "model": model, "target": loaded.target, "n_rows": n_rows, "output": output, **document,
            "kept": dict(zip(found.names, found.columns[: found.n_kept], strict=False)),
        }
    )  # fmt: skip


@dataclass(frozen=True)
class _Asked:
    """What is answered of every row."""

    loaded: TableModel
    kept: Sequence[str]
    interval: float | None
    threshold: float | None

    @classmethod
    def of(
        cls,
        loaded: TableModel,
        kept: Sequence[str],
        interval: float | None,
        threshold: str | None,
    ) -> _Asked:
        """From what was typed; `DataError` for what the model does not answer."""
        if interval is not None and loaded.is_classifier:
            raise DataError("--interval is for models of numbers; this one predicts classes.")
        if threshold is None:
            return cls(loaded, kept, interval, None)
        at = threshold_of(threshold)
        check_two_classes(loaded.estimator.classes_.tolist() if loaded.is_classifier else [])
        if isinstance(at, str):
            raise DataError(
                f"--threshold {at} needs rows whose answer is known.",
                f"Find it by: chainrule evaluate MODEL DATA --threshold {at}",
            )
        return cls(loaded, kept, interval, at)

    def answers(
        self, table: FileTable, features: FileTable, out: Output
    ) -> tuple[Predictions, dict[str, Any]]:
        """Columns to write, and the same for a document."""
        estimator, name = self.loaded.estimator, self.loaded.target or "prediction"
        proba: np.ndarray | None = None
        bounds: np.ndarray | None = None
        with out.catching():
            if self.loaded.is_classifier:
                proba = estimator.predict_proba(features)
                best = proba.argmax(axis=1)
                if self.threshold is not None:
                    best = (proba[:, 1] >= self.threshold).astype(int)
                predictions = estimator.classes_[best]
                header = [name]
            else:
                predictions = estimator.predict(features)
                quantiles = estimator.spec_.loss.quantiles if predictions.ndim == 2 else ()
                header = [f"{name} q({level:g})" for level in quantiles] or [name]
                if self.interval is not None:
                    bounds = estimator.predict_interval(features, self.interval)
        classes = [] if proba is None else [str(label) for label in estimator.classes_.tolist()]
        header += [f"p({label})" for label in classes]
        header += [] if bounds is None else [f"{name} from", f"{name} to"]
        columns = [part for part in (predictions, proba, bounds) if part is not None]
        found = Predictions.of({name: table[name] for name in self.kept}, header, columns)
        return found, {
            "predictions": predictions,
            "classes": classes,
            "probabilities": proba,
            "interval": bounds,
        }


def _answer_pieces(
    asked: _Asked, path: str, reading: Reading, out: Output, excel_safe: bool
) -> None:
    """Rows as they come; of every notice the first."""
    from chainrule.cli.stream import pieces

    once = Output(as_json=False, quiet=True)
    told: set[str] = set()
    head = ""
    for piece, line in pieces(path):
        try:
            table, features = asked.loaded.read([piece], reading, once, keep=asked.kept)
        except ChainruleError as error:
            raise DataError(_placed(error.message, piece, path, line), error.hint) from None
        text = asked.answers(table, features, once)[0].csv(excel_safe, once)
        rows = text.removeprefix(head)
        head = head or text.partition("\n")[0] + "\n"
        for notice in once.notices:
            kind = "".join(c for c in notice if not c.isdigit())
            if kind not in told:
                told.add(kind)
                out.notice(notice)
        once.notices.clear()
        out.data(rows.removesuffix("\n"))
        sys.stdout.flush()
        reading = replace(reading, delimiter=table.report.delimiter, header=True)


def _placed(message: str, piece: str, path: str, line: int) -> str:
    """The words of a piece, whose line 2 is this line of the whole."""
    source = "standard input" if path == "-" else path
    message = message.replace(piece, source).replace(os.path.basename(piece), source)
    return re.sub(r"\bline (\d+)", lambda found: f"line {line + int(found[1]) - 2}", message)
