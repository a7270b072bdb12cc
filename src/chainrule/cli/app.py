"""The entry point: runs a command, and turns every failure into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from chainrule.cli.exit_codes import BAD_INPUT, INTERRUPTED, OK

_NEEDED = ("typer", "rich", "duckdb", "shellingham", "click")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Default: those of the process.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    for name in ("stdout", "stderr"):  # None where the process was started without them
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115
    try:
        from chainrule.cli.commands import run

        code = run(given)
        sys.stdout.flush()  # what the buffer still holds may fail, too
        return code
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in _NEEDED:
            raise
        print(f"error: the command line needs the package {error.name}.", file=sys.stderr)
        print('hint: pip install "chainrule[cli]"', file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:  # while modules were being imported
        print("error: interrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has gone; nothing more can be said to it, at exit either.
        _close_output()
        return OK
    except OSError as error:
        _close_output()
        print(f"error: {error.strerror or error}.", file=sys.stderr)
        return BAD_INPUT


def _close_output() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
