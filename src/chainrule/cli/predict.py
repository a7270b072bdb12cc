"""`chainrule predict MODEL DATA`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

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
from chainrule.errors import DataError
from chainrule.visible import visible_lines

if TYPE_CHECKING:
    import numpy as np


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
    table, features = loaded.read(data, reading, out, keep=kept)
    estimator = loaded.estimator
    name = loaded.target or "prediction"
    proba: np.ndarray | None = None
    bounds: np.ndarray | None = None
    with out.catching():
        if loaded.is_classifier:
            if interval is not None:
                raise DataError("--interval is for models of numbers; this one predicts classes.")
            proba = estimator.predict_proba(features)
            predictions = estimator.classes_[proba.argmax(axis=1)]
            header = [name]
        else:
            predictions = estimator.predict(features)
            quantiles = estimator.spec_.loss.quantiles if predictions.ndim == 2 else ()
            header = [f"{name} q({level:g})" for level in quantiles] or [name]
            if interval is not None:
                bounds = estimator.predict_interval(features, interval)
    classes = [] if proba is None else [str(label) for label in estimator.classes_.tolist()]
    header += [f"p({label})" for label in classes]
    header += [] if bounds is None else [f"{name} from", f"{name} to"]
    columns = [part for part in (predictions, proba, bounds) if part is not None]
    beside = {name: table[name] for name in kept}
    found = Predictions.of(beside, header, columns)
    n_rows = features.n_rows
    if output is not None:
        found.write(output, excel_safe, out)
        out.result(f"{n_rows:,} predictions written to {output}")
        out.next("chainrule", "evaluate", model, *(data or ()), *reading.arguments())
    else:
        text = found.csv(excel_safe, out).removesuffix("\n")
        # A file keeps every character; a terminal would obey some of them.
        out.result(visible_lines(text) if sys.stdout.isatty() else text)
        again = [*(data or ()), *reading.arguments()]
        out.tell_next("chainrule", "predict", model, *again, "-o", "FILE")
    out.document(
        {
            "model": model,
            "target": loaded.target,
            "n_rows": n_rows,
            "output": output,
            "predictions": predictions,
            "classes": classes,
            "probabilities": proba,
            "interval": bounds,
            "kept": dict(zip(found.names, found.columns[: found.n_kept], strict=False)),
        }
    )
