"""`chainrule resume CHECKPOINT`."""

from __future__ import annotations

from typing import Annotated

import typer

from chainrule.cli.given import Again, without
from chainrule.cli.options import Force, Threads
from chainrule.errors import DataError, ModelFileError


def resume(
    checkpoint: Annotated[
        str, typer.Argument(metavar="CHECKPOINT", help="A file of train --checkpoint.")
    ],
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Go on with a training that was interrupted, to the same model as without a break."""
    import os

    from chainrule.cli.output import shell
    from chainrule.files.checkpoint import Checkpoint

    if not os.path.exists(checkpoint):
        raise ModelFileError(f"cannot open '{checkpoint}': no such file or directory.")
    command = Checkpoint(checkpoint).command
    if not command or command[0] != "train":
        raise DataError(
            f"'{checkpoint}' was not written by chainrule train.",
            "Go on in Python, by the same fit with the same checkpoint.",
        )
    arguments = [*without(command, "--force", 0), "--checkpoint", checkpoint]
    if threads is not None:
        arguments = [*without(tuple(arguments), "--threads", 1), "--threads", str(threads)]
    if force:
        arguments.append("--force")
    print(f"resuming: {shell('chainrule', *arguments)}", flush=True)
    raise Again(arguments)
