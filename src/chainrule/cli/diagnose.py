"""`chainrule diagnose MODEL DATA`."""

from __future__ import annotations

import typer

from chainrule.cli.options import (
    AsJson,
    Data,
    Model,
    Quiet,
    Signed,
    Target,
)
from chainrule.cli.output import Output
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.visible import visible


@reads_tables
def diagnose(
    model: Model,
    data: Data,
    target: Target = None,
    reading: Reading = TYPED,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Say what went badly in training, and what to do; exit code 1 if anything did.

    Give it the rows that the model was trained on.
    """
    from chainrule.cli.exit_codes import CHECK_FAILED
    from chainrule.cli.model import open_model
    from chainrule.cli.words import CommandWords

    out = Output(as_json=as_json, quiet=quiet)
    loaded = open_model(model, require_signature=signed_by)
    X, y = loaded.rows_with_target(data, reading, out, target)
    with out.catching():
        found = loaded.estimator.diagnose(X, y).in_words(CommandWords())
    first, *rest = [visible(line) for line in str(found).splitlines()]
    out.result(first)
    for finding in found if quiet else []:
        out.result(visible(f"{finding.code}: {finding.sentence}"))
    out.say(*rest)
    out.next("chainrule", "evaluate", model, data, *reading.arguments())
    out.document({"model": model, **found.to_json()})
    if not found.ok:
        raise typer.Exit(CHECK_FAILED)
