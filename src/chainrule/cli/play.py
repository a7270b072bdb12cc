"""`chainrule play`: the playground in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from chainrule.cli.options import AsJson, Quiet
from chainrule.cli.output import Output


def play(
    problem: Annotated[
        str,
        typer.Argument(
            metavar="[PROBLEM | CODE]",
            help="xor, mazur, and, or, circles, moons, spirals, sine; or the code of a shared run.",
        ),
    ] = "xor",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the browser.")] = True,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Watch backpropagation: step forward and back, ask why, change anything.

    The page runs on this machine only; Ctrl-C ends it.
    """
    from chainrule.playground import Session
    from chainrule.playground.server import Server

    out = Output(as_json=as_json, quiet=quiet)
    Session.opened(problem)  # refuses before anything listens
    server = Server(lambda: Session.opened(problem), port)
    out.result(server.address)
    out.document({"address": server.address})
    if browser:
        import webbrowser

        webbrowser.open(server.address)
    server.run()
