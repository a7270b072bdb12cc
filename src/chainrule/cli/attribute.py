"""`chainrule attribute MODEL DATA`."""

from __future__ import annotations

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
from chainrule.cli.predictions import Predictions, is_picture
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.errors import DataError

if TYPE_CHECKING:
    from chainrule.explain.attribution import Attributions

_SHOWN = 12
_BAR = 20  # characters of the longest bar


@reads_tables
def attribute(
    model: Model,
    data: Tables = None,
    row: Annotated[
        int | None, typer.Option(min=0, help="Row to show, from 0; all rows if left out.")
    ] = None,
    answer: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Class or target, where there are several."),
    ] = None,
    background: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Rows to compare with; those of DATA if left out."),
    ] = None,
    method: Annotated[
        str, typer.Option(metavar="NAME", help="gradients, or shapley, which is slower.")
    ] = "gradients",
    samples: Annotated[
        int | None,
        typer.Option(min=2, help="Paths a row; four times as many halve the errors."),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write all numbers: .csv, .parquet or .jsonl; .png, .svg or .pdf for a picture.",
        ),
    ] = None,
    reading: Reading = TYPED,
    force: Force = False,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say how much each column adds to the answers, over all rows or in one.

    The parts add up: what all rows have in common, and a part for each column.
    """
    from chainrule.cli.model import open_model, refuse_existing

    out = Output(as_json=as_json, quiet=quiet)
    draws = is_picture(output)
    if output is not None:
        refuse_existing(output, force, "-o")
    loaded = open_model(model, require_signature=signed_by)
    _, features = loaded.read(data, reading, out)
    start = None if background is None else loaded.read([background], reading, out)[1]
    with out.catching():
        found = loaded.estimator.attribute(
            features, background=start, method=method, n_samples=samples
        )
    if row is not None and row >= len(found):
        raise DataError(f"there is no row {row}; there are {len(found):,}, from 0.")
    if answer is None and found.answer_names and row is not None:
        answer = found.answer_names[int(found.answers[row].argmax())]
    if answer is not None:
        found = found.of(answer)
    if row is None:
        _show_all(out, found)
    else:
        _show_row(out, found, row)
    if output is not None:
        _write(found, output, draws, out)
        out.result(f"{'picture' if draws else 'all numbers'} written to {output}")
    elif row is None:
        again = [*(data or ()), *reading.arguments()]
        out.next("chainrule", "attribute", model, *again, "--row", "0")
    out.document(_document(model, found, row, output))


def _show_all(out: Output, found: Attributions) -> None:
    sizes = found.mean_sizes
    out.heading(f"what each column adds to {found.unit}, on average over {len(found):,} rows")
    order = found.order[:_SHOWN]
    largest = sizes[order[0]] or 1.0
    out.table(
        [[found.names[k], f"{sizes[k]:.4g}", _bar(sizes[k] / largest)] for k in order], right=[1]
    )
    if len(found.names) > len(order):
        rest = sizes.sum() - sizes[order].sum()
        out.result(f"{len(found.names) - len(order)} more columns, together {rest:.4g}")


def _show_row(out: Output, found: Attributions, row: int) -> None:
    values, errors = found.values[row], found.errors[row]
    order = abs(values).argsort(kind="stable")[::-1][:_SHOWN]
    out.heading(f"{found.unit} in row {row}: {found.answers[row]:.4g}")
    largest = abs(values[order[0]]) or 1.0
    rows = [["all rows have in common", "", f"{float(found.base_values):+.4g}", "", ""]]
    for k in order:
        cell = found.data[row, k]
        shown = f"{cell:g}" if isinstance(cell, float) else "" if cell is None else str(cell)
        rows.append(
            [found.names[k], shown, f"{values[k]:+.4g}", f"± {errors[k]:.2g}",
             _bar(abs(values[k]) / largest)]
        )  # fmt: skip
    if len(found.names) > len(order):
        rest = values.sum() - values[order].sum()
        rows.append([f"{len(found.names) - len(order)} more columns", "", f"{rest:+.4g}", "", ""])
    rows.append(["together", "", f"{found.answers[row]:+.4g}", "", ""])
    out.table(rows, right=[1, 2, 3])


def _bar(share: float) -> str:
    return "#" * round(_BAR * share)


def _write(found: Attributions, path: str, draws: bool, out: Output) -> None:
    if not draws:
        table = found.to_dict()
        Predictions(list(table), list(table.values())).write(path, False, out)
        return
    from chainrule.plots import plot_attributions

    kind = "bar" if found.values.ndim == 3 else "beeswarm"
    plot_attributions(found, kind=kind).figure_.savefig(path, bbox_inches="tight", dpi=150)


def _document(model: str, found: Attributions, row: int | None, output: str | None) -> Any:
    rows = slice(None) if row is None else slice(row, row + 1)
    return {
        "model": model,
        "unit": found.unit,
        "method": found.method,
        "columns": found.names,
        "answers": found.answer_names,
        "base": found.base_values,
        "mean_sizes": found.mean_sizes,
        "first_row": row or 0,
        "values": found.values[rows],
        "errors": found.errors[rows],
        "sums": found.answers[rows],
        "output": output,
    }
