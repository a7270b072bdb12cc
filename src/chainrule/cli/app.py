"""The entry point: runs a command, and turns every failure into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from chainrule.cli.exit_codes import BAD_INPUT, OK

_NEEDED = ("typer", "rich", "duckdb", "shellingham", "click")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        from chainrule.cli.commands import run
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _NEEDED:
            raise
        print(f"error: the command line needs the package {error.name}.", file=sys.stderr)
        print('hint: pip install "chainrule[cli]"', file=sys.stderr)
        return BAD_INPUT
    try:
        return run(given)
    except BrokenPipeError:
        # The reader of our output has gone; nothing more can be said to it, at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return OK
