"""`chainrule dependence MODEL DATA COLUMN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import AsJson, Data, Force, Model, Quiet, Signed
from chainrule.cli.output import Output
from chainrule.cli.predictions import Predictions, is_picture
from chainrule.cli.reading import TYPED, Reading, reads_tables

if TYPE_CHECKING:
    from chainrule.explain.dependence import Dependence

_BAR = 12  # characters on each side of the middle


@reads_tables
def dependence(
    model: Model,
    data: Data,
    column: Annotated[
        list[str] | None,
        typer.Argument(metavar="COLUMN...", help="Columns to go along; all if left out."),
    ] = None,
    kind: Annotated[
        str, typer.Option(metavar="NAME", help="ale, or pdp and ice, which mix rows freely.")
    ] = "ale",
    together: Annotated[
        bool, typer.Option("--together", help="Go along two columns at once, by pdp.")
    ] = False,
    points: Annotated[int, typer.Option(min=2, help="Points of a column of numbers.")] = 20,
    answer: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Class or target, where there are several."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the numbers: .csv, .parquet or .jsonl; .png, .svg or .pdf for a picture.",
        ),
    ] = None,
    reading: Reading = TYPED,
    force: Force = False,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show how the answer goes with a column, all else as it is in the rows.

    Accumulated local effects (ale) ask only what the model says near each row, which holds where
    columns go together; pdp is the mean answer with the column at a value in all rows.
    """
    from chainrule.cli.model import open_model, refuse_existing
    from chainrule.errors import DataError

    out = Output(as_json=as_json, quiet=quiet)
    draws = is_picture(output)
    if output is not None:
        refuse_existing(output, force, "-o")
    if together and len(column or ()) != 2:
        raise DataError("--together takes two columns.", "Name two of them after DATA.")
    loaded = open_model(model, require_signature=signed_by)
    _, features = loaded.read(data, reading, out)
    columns: Any = [tuple(column or ())] if together else column or None
    with out.catching():
        found = loaded.estimator.dependence(
            features, columns, kind="pdp" if together else kind, n_points=points
        )
    if found[0].answer_names and (answer is not None or together):
        found = [one.of(answer or found[0].answer_names[-1]) for one in found]
    elif answer is not None:
        found = [one.of(answer) for one in found]
    if column is None:
        _show_all(out, found)
    else:
        for one in found:
            _show(out, one)
    if output is not None:
        _write(found, output, draws, out)
        out.result(f"{'picture' if draws else 'numbers'} written to {output}")
    elif column is None:
        first = found[0].columns[0]
        out.next("chainrule", "dependence", model, data, first, *reading.arguments())
    out.document({"model": model, "output": output, "curves": [_document(one) for one in found]})


def _show_all(out: Output, found: list[Dependence]) -> None:
    """How far the answer goes with each column."""
    first = found[0]
    out.heading(f"how far {first.unit} goes with each column, over {first.n_rows:,} rows")
    largest = first.size or 1.0
    rows = [
        [one.columns[0], f"{one.size:.4g}", "#" * round(2 * _BAR * one.size / largest)]
        for one in found
    ]
    out.result(*_table(rows, right=[1]))


def _show(out: Output, one: Dependence) -> None:
    """A line a point; a bar where there is one answer."""
    from chainrule.explain.dependence import written

    about = "differs from its mean" if one.kind == "ale" else "is on average"
    out.heading(f"{one.unit} {about}, along {' and '.join(one.columns)}")
    if len(one.columns) == 2:
        head = [f"{one.columns[0]} / {one.columns[1]}", *map(written, one.cells[1])]
        rows = [[written(cell), *(f"{v:.3g}" for v in line)]
                for cell, line in zip(one.cells[0], one.values, strict=True)]  # fmt: skip
        out.result(*_table([head, *rows], right=range(1, len(head))))
        return
    assert one.counts is not None
    head = [one.columns[0], "rows", *(one.answer_names or ("",))]
    rows = [head] if one.answer_names else []
    for k, cell in enumerate(one.cells[0]):
        line = [written(cell), f"{one.counts[k]:,}"]
        if one.answer_names:
            line += [f"{v:+.3g}" if one.kind == "ale" else f"{v:.3g}" for v in one.values[k]]
        else:
            sign = "+" if one.kind == "ale" else ""
            line += [f"{one.values[k]:{sign}.4g}", f"± {one.errors[k]:.2g}", _bar(one, k)]
        rows.append(line)
    right = range(len(head)) if one.answer_names else range(4)
    out.result(*_table(rows, right=[0, *right] if one.is_ordered[0] else right[1:]))
    if not one.answer_names:
        out.say(f"  ± one standard error, by {one.n_rows:,} rows")


def _bar(one: Dependence, k: int) -> str:
    """To the left of the middle below the mean of the curve, to the right above it."""
    middle = 0.0 if one.kind == "ale" else float(one.values.mean())
    largest = float(abs(one.values - middle).max()) or 1.0
    n = round(_BAR * (one.values[k] - middle) / largest)
    return f"{'#' * -n:>{_BAR}}|{'#' * n}".rstrip()


def _table(rows: list[list[str]], right: Any) -> list[str]:
    from chainrule.cli.output import aligned

    return aligned(rows, right=right)


def _write(found: list[Dependence], path: str, draws: bool, out: Output) -> None:
    if draws:
        from chainrule.plots import plot_dependence

        displays: Any = plot_dependence(found)
        displays[0].figure_.savefig(path, bbox_inches="tight", dpi=150)
        return
    table: dict[str, list[Any]] = {}
    for one in found:
        part = one.to_dict()
        for axis, name in enumerate(one.columns):
            cells = part.pop(name)
            suffix = f"{axis + 1}" if len(one.columns) > 1 else ""
            table.setdefault(f"column{suffix}", []).extend([name] * len(cells))
            table.setdefault(f"cell{suffix}", []).extend(map(str, cells))
        for name, values in part.items():
            table.setdefault(name, []).extend(values)
    Predictions(list(table), list(table.values())).write(path, False, out)


def _document(one: Dependence) -> dict[str, Any]:
    return {
        "columns": one.columns,
        "kind": one.kind,
        "unit": one.unit,
        "answers": one.answer_names,
        "cells": one.cells,
        "rows": one.counts,
        "values": one.values,
        "errors": one.errors,
        "size": one.size,
    }
