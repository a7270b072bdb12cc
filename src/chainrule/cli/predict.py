"""`chainrule predict MODEL DATA`."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import (
    AsJson,
    Data,
    Dates,
    Delimiter,
    Encoding,
    Force,
    Glob,
    Missing,
    Model,
    NoHeader,
    Quiet,
    Reading,
    Sql,
    dates_of,
)
from chainrule.cli.output import Output
from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula


def predict(
    model: Model,
    data: Data,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="CSV file to write; standard output if left out."
        ),
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
    missing: Missing = None,
    delimiter: Delimiter = None,
    no_header: NoHeader = False,
    encoding: Encoding = None,
    sql: Sql = None,
    glob: Glob = False,
    dates: Dates = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Predict every row of a table: the answer, and probabilities, quantiles or bounds.

    Reads only the columns that the model needs, in any order.
    """
    from chainrule.cli.model import open_model, refuse_existing

    out = Output(as_json=as_json, quiet=quiet)
    if output is not None:
        refuse_existing(output, force, "-o")
    loaded = open_model(model)
    reading = Reading(
        delimiter, no_header, encoding, tuple(missing or ()), sql, glob, dates_of(dates)
    )
    _, features = loaded.read(data, reading, out)
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
    content = _csv(header, columns, excel_safe, out)
    n_rows = features.n_rows
    if output is not None:
        from chainrule.files.write import write_atomically

        write_atomically(output, content.encode())
        out.result(f"{n_rows:,} predictions written to {output}")
        out.next("chainrule", "evaluate", model, data, *reading.arguments())
    else:
        out.result(content.removesuffix("\n"))
        out.tell_next("chainrule", "predict", model, data, *reading.arguments(), "-o", "FILE")
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
        }
    )


def _csv(header: list[str], columns: list[np.ndarray], excel_safe: bool, out: Output) -> str:
    """The predictions as CSV, numbers in the shortest form that reads back to the same bits."""
    lists = [vector for part in columns for vector in part.reshape(len(part), -1).T.tolist()]
    risky = [cell for cell in {*header, *lists[0]} if _is_formula(cell)]
    if risky and not excel_safe:
        out.notice(
            f"{risky[0]!r} looks like a formula to a spreadsheet; --excel-safe puts ' before it."
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for cells in (header, *zip(*lists, strict=True)):
        writer.writerow([_cell(cell, excel_safe) for cell in cells])
    return text.getvalue()


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith(_FORMULA)


def _cell(cell: Any, excel_safe: bool) -> str:
    if isinstance(cell, float):
        return repr(cell)
    return f"'{cell}" if excel_safe and _is_formula(cell) else str(cell)
