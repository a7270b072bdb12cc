"""`chainrule sign MODEL --key KEY`."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from chainrule.cli.options import AsJson, Force, Model, Quiet
from chainrule.cli.output import Output


def sign(
    model: Model,
    key: Annotated[
        str,
        typer.Option(
            metavar="FILE", help="Your Ed25519 private key, as ssh-keygen or openssl writes it."
        ),
    ],
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Sign a model file, so that others can tell that it is yours.

    The signature is a file beside the model, MODEL.sig. Whoever has your public key says
    --require-signature KEY to any command that reads a model.
    """
    from chainrule.cli.model import named, refuse_existing
    from chainrule.errors import ModelFileError
    from chainrule.estimators.load import loads
    from chainrule.files import signature
    from chainrule.files.model import read_bytes

    out = Output(as_json=as_json, quiet=quiet)
    refuse_existing(model + signature.ENDING, force, "--force")
    try:
        data = read_bytes(model)
        loads(data)  # nobody wants to have signed what no command reads
    except ModelFileError as error:
        raise named(model, error) from error
    beside = signature.sign(
        model, data, key, lambda: str(typer.prompt("Passphrase", hide_input=True, err=True))
    )
    public = key + ".pub" if os.path.exists(key + ".pub") else "KEY.pub"
    out.result(f"signature written to {beside}")
    out.next("chainrule", "info", model, "--require-signature", public)
    out.document({"model": model, "signature": beside})
