"""`chainrule demo xor` and `chainrule demo mazur`: two worked examples."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from chainrule.cli.options import (
    AsHtml,
    AsJson,
    AsLatex,
    AsLatexFragment,
    CheckBy,
    Digits,
    Draw,
    Full,
    OnPaper,
    Quiet,
    Row,
    Seed,
    Top,
)
from chainrule.cli.output import Output
from chainrule.cli.showing import Showing

if TYPE_CHECKING:
    from chainrule.explain.examples import Example


class Known(StrEnum):
    """The worked examples."""

    xor = "xor"
    mazur = "mazur"


def demo(
    example: Annotated[Known, typer.Argument(help="Which example.")],
    quantity: Annotated[
        str | None,
        typer.Argument(metavar="QUANTITY", help="What to derive: W1[0,0], b2[0], delta1[1], ..."),
    ] = None,
    step: Annotated[
        bool, typer.Option("--step", help="Go through the first training step, stage by stage.")
    ] = False,
    quiz: Annotated[
        bool, typer.Option("--quiz", help="Find the numbers of a derivation yourself.")
    ] = False,
    worksheet: OnPaper = False,
    seed: Seed = None,
    row: Row = None,
    full: Full = False,
    draw: Draw = False,
    top: Top = "5",
    digits: Digits = "4",
    check: CheckBy = "central",
    latex: AsLatex = False,
    latex_fragment: AsLatexFragment = False,
    html: AsHtml = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Work through an example: train it, derive any of its numbers, or be asked for them.

    xor is 2-2-1 on four rows; mazur is M. Mazur's 2-2-2 network of 2015 on one row.
    """
    from chainrule.explain.examples import example as known_example

    if step + quiz + worksheet > 1:
        raise typer.BadParameter(
            "--step, --quiz and --worksheet exclude each other; leave out all but one."
        )
    markup = latex or latex_fragment or html
    if as_json and (step or markup or draw):
        raise typer.BadParameter(
            "--json goes without --step, --latex, --latex-fragment, --html and --draw."
        )
    asks = quiz or worksheet
    if markup and (step or asks):
        raise typer.BadParameter(
            "--latex, --latex-fragment and --html go without --step, --quiz and --worksheet."
        )
    if seed is not None and not asks:
        raise typer.BadParameter("--seed goes with --quiz or --worksheet.")
    out = Output(as_json=as_json, quiet=quiet or markup)
    showing = Showing(top, digits, check, latex, latex_fragment, html, draw, full)
    known = known_example(example.value)
    if asks:
        from chainrule.cli.quiz import quiz as ask

        known = known if seed is None else known.drawn(seed)
        ask(out, known, quantity, row, showing, on_paper=worksheet)
    elif step:
        from chainrule.cli.steps import show_steps

        show_steps(out, known, row, showing)
    elif quantity is not None or draw or showing.is_markup:
        _derive(out, known, quantity, row, showing)
    elif known.name == "xor":
        from chainrule.cli.xor import show_xor

        show_xor(out, known)
    else:
        from chainrule.cli.mazur import show_mazur

        show_mazur(out)


def _derive(
    out: Output, known: Example, quantity: str | None, row: int | None, showing: Showing
) -> None:
    """One number of the first step, or the drawing of the network, or both."""
    from chainrule.explain.explain import explain

    trace = known.trace()
    found = explain(trace, quantity or known.quantity, row=row, **showing.settings())
    out.heading(known.title)
    out.say("")
    if showing.draw:
        showing.drawing(out, trace, found.row)
        if quantity is not None:
            out.result("")
    if quantity is not None or showing.is_markup:
        showing.explanations(out, [found])
    out.next("chainrule", "demo", known.name, "--quiz")
    out.document({"example": known.name, **found.to_json()})
