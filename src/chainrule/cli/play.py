"""`chainrule play`: the playground in the browser."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chainrule.cli.options import (
    AsJson,
    Quiet,
    Signed,
    Target,
)
from chainrule.cli.output import Output
from chainrule.cli.reading import TYPED, Reading, reads_tables

if TYPE_CHECKING:
    from chainrule.playground import Problem, Session


@reads_tables
def play(
    what: Annotated[
        str,
        typer.Argument(
            metavar="[PROBLEM | DATA | MODEL | CODE]",
            help="xor, mazur, and, or, circles, moons, spirals, clusters, sine; a table; a model, "
            "with its table behind it; or the code of a shared run.",
        ),
    ] = "xor",
    data: Annotated[
        str | None, typer.Argument(metavar="[DATA]", help="The table of a model.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    export: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Write the next steps as one HTML file, and stop."),
    ] = None,
    steps: Annotated[int, typer.Option(min=1, max=2000, help="Steps of --export.")] = 200,
    worksheet: Annotated[
        bool,
        typer.Option("--worksheet", help="Print the steps of a number with blanks and a key."),
    ] = False,
    quantity: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Whose steps --worksheet asks for, such as W1[0,0]."),
    ] = None,
    member: Annotated[int, typer.Option(min=0, help="Which network of a model, from 0.")] = 0,
    target: Target = None,
    reading: Reading = TYPED,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Watch backpropagation: step forward and back, ask why, change anything.

    The page is served on this machine only; Ctrl-C ends it.
    """
    if quantity is not None and not worksheet:
        raise typer.BadParameter("--quantity goes with --worksheet.")
    if worksheet and export is not None:
        raise typer.BadParameter("--worksheet and --export exclude each other.")
    if signed_by is not None and data is None:
        raise typer.BadParameter("--require-signature goes with a model file and its table.")
    out = Output(as_json=as_json, quiet=quiet)
    new_session = _sessions(what, data, target, member, reading, signed_by, out)
    session = new_session()  # refuses before anything listens
    if worksheet:
        _print_worksheet(out, session, quantity)
        return
    if export is not None:
        from chainrule.files.write import write_atomically

        write_atomically(export, session.to_html(steps).encode())
        out.result(f"{steps} steps written to {export}")
        out.document({"file": export, "steps": steps})
        return
    from chainrule.playground.server import Server

    server = Server(new_session, port)
    out.result(server.address)
    out.document({"address": server.address})
    if browser:
        import webbrowser

        webbrowser.open(server.address)
    with suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
        server.run()


def _print_worksheet(out: Output, session: Session, quantity: str | None) -> None:
    """The numbers of the session's step, row and task, as questions on paper."""
    from chainrule.cli.quiz import as_json, print_worksheet

    sheet = session.worksheet(quantity)
    out.heading(sheet.title)
    if sheet.question:
        out.say(sheet.question)
    out.say(
        f"Where {sheet.quantity} comes from, at step {sheet.step} in row {sheet.row}.",
        "Within 1 % is right.",
        "",
    )
    print_worksheet(out, sheet.questions)
    out.document({"quantity": sheet.quantity, "questions": as_json(sheet.questions)})


def _sessions(
    what: str,
    data: str | None,
    target: str | None,
    member: int,
    reading: Reading,
    signed_by: str | None,
    out: Output,
) -> Callable[[], Session]:
    """What makes the session of a page."""
    from chainrule.playground import PROBLEMS, Session

    if data is None and (what in PROBLEMS or not Path(what).exists()):
        return lambda: Session.opened(what)
    start = _own(what, data, target, member, reading, signed_by, out)
    return lambda: Session(start)


def _own(
    what: str,
    data: str | None,
    target: str | None,
    member: int,
    reading: Reading,
    signed_by: str | None,
    out: Output,
) -> Problem:
    """The problem of a person's own file or files."""
    from chainrule.playground.tables import from_table, from_trace

    if data is None:
        return from_table(reading.read(what), target or "")
    from chainrule.cli.model import open_model

    loaded = open_model(what, require_signature=signed_by)
    X, y = loaded.rows_with_target(data, reading, out, target)
    trace = loaded.estimator.trace(X, y, member=member)
    members = loaded.estimator.n_members_
    note = f"network {member} of {members}" if members > 1 else ""
    return from_trace(trace, Path(what).stem, (note,) if note else ())
