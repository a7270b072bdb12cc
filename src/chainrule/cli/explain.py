"""`chainrule explain MODEL DATA QUANTITY`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from chainrule.cli.options import (
    AsHtml,
    AsJson,
    AsLatex,
    AsLatexFragment,
    CheckBy,
    Data,
    Digits,
    Draw,
    Full,
    Model,
    Quiet,
    Row,
    Signed,
    Target,
    Top,
)
from chainrule.cli.output import Output
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.cli.showing import Showing
from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

    from chainrule.cli.model import TableModel
    from chainrule.explain.trace import StepTrace
    from chainrule.table.read import FileTable

_ROWS = 1024  # of a longer table, unless --rows says otherwise
_ALL = 1_000  # parameters that --all explains


@reads_tables
def explain(
    model: Model,
    data: Data,
    quantity: Annotated[
        str | None,
        typer.Argument(
            metavar="QUANTITY",
            help="W1[3,bill_length_mm], W2[1,3], b1[2], delta1[4], z2[0], a1[3], scale[5], "
            "frequency[bill_length_mm,3] or loss; all indices count from 0, layers from 1.",
        ),
    ] = None,
    row: Row = None,
    rows: Annotated[
        int | None, typer.Option(min=1, help=f"Use the first N rows; default up to {_ROWS:,}.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Explain every weight and bias of a small network.")
    ] = False,
    full: Full = False,
    draw: Draw = False,
    top: Top = "5",
    digits: Digits = "4",
    check: CheckBy = "central",
    latex: AsLatex = False,
    latex_fragment: AsLatexFragment = False,
    html: AsHtml = False,
    target: Target = None,
    reading: Reading = TYPED,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Show the chain rule of one number with its numbers, on your own rows, and check it.

    W1[3,2] is dL/dW1[3,2], the gradient by the weight into unit 3 of layer 1 from input 2. Units,
    inputs and rows count from 0, layers from 1; names of inputs and classes stand for their
    indices. Without QUANTITY: the loss.
    """
    from chainrule.cli.model import open_model

    markup = latex or latex_fragment or html
    out = Output(as_json=as_json, quiet=quiet or markup)
    if as_json and (markup or draw):
        raise typer.BadParameter(
            "--json stands alone; leave out --latex, --latex-fragment, --html and --draw."
        )
    if every and quantity is not None:
        raise typer.BadParameter("--all explains everything; leave out QUANTITY or --all.")
    showing = Showing(top, digits, check, latex, latex_fragment, html, draw, full)
    loaded = open_model(model, require_signature=signed_by)
    trace, numbers = _trace(loaded, data, reading, out, target, rows)
    place = None if row is None else _place(row, numbers)

    from chainrule.explain.explain import explain as explain_one
    from chainrule.explain.explain import explain_all

    settings = showing.settings()
    if every:
        _refuse_many(trace)
        found = list(explain_all(trace, **settings))
    elif quantity is None and draw:
        found = []
    else:
        found = [explain_one(trace, quantity or "loss", row=place, **settings)]
    if draw:
        showing.drawing(out, trace, place if place is not None else found[0].row if found else 0)
        if found:
            out.result("")
    showing.explanations(out, found)
    out.next("chainrule", "check", model, data, *reading.arguments())
    forms = [one.to_json() for one in found]
    content: dict[str, Any] = {"explanations": forms} if every else dict(*forms)
    out.document({"model": model, "data": data, **content})


def _trace(
    loaded: TableModel,
    data: str,
    reading: Reading,
    out: Output,
    target: str | None,
    rows: int | None,
) -> tuple[StepTrace, np.ndarray]:
    """The step on the rows that have a target, and their numbers in the table."""
    X, y, kept, table = loaded.numbered_rows(data, reading, out, target)
    limit = rows or _ROWS
    if rows is None and len(y) > limit:
        out.notice(f"the first {limit:,} of {len(y):,} rows are used; --rows N takes others.")
    X = X.take(slice(limit))
    numbers = kept[:limit]
    if int(numbers[-1]) >= len(numbers):
        out.notice("rows are counted among those that have a target; --row counts all of them.")
    names = [row_name(table, int(number)) for number in numbers]
    with out.catching():
        return loaded.estimator.trace(X, y[:limit], row_ids=names), numbers


def row_name(table: FileTable, row: int) -> str:
    """ "17, line 19": a row's number from 0, and where it stands in its file."""
    where = table.location(row).rpartition(", ")[2]
    return f"{row}, {where}" if where.startswith(("line ", "record ")) else str(row)


def _place(row: int, numbers: np.ndarray) -> int:
    """Where a row of the table stands among those of the trace."""
    found = (numbers == row).nonzero()[0]
    if len(found):
        return int(found[0])
    last = int(numbers[-1])
    if row > last:
        raise DataError(
            f"row {row} is not among the rows used, which end at {last}.",
            "Rows count from 0; --rows N takes more of a long table.",
        )
    raise DataError(f"row {row} has no target value.", "Choose another row.")


def _refuse_many(trace: StepTrace) -> None:
    n = trace.spec.n_parameters
    if n > _ALL:
        raise DataError(
            f"--all is for networks of at most {_ALL:,} parameters; this one has {n:,}.",
            "Name a quantity, such as W1[0,0].",
        )
