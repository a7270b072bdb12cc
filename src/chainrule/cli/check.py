"""`chainrule check MODEL DATA`."""

from __future__ import annotations

from typing import Annotated

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
def check(
    model: Model,
    data: Data,
    rows: Annotated[int, typer.Option(min=1, help="Check on the first N rows.")] = 32,
    target: Target = None,
    reading: Reading = TYPED,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Check the gradients of a model on your own rows; exit code 1 if one is wrong.

    Every gradient of the engine is compared with a computation that knows no chain rule.
    """
    from chainrule.cli.exit_codes import CHECK_FAILED
    from chainrule.cli.model import open_model

    out = Output(as_json=as_json, quiet=quiet)
    loaded = open_model(model, require_signature=signed_by)
    X, y = loaded.rows_with_target(data, reading, out, target)
    with out.catching():
        report = loaded.estimator.check_gradients(X.take(slice(rows)), y[:rows])
    lines = [visible(line) for line in str(report).splitlines()]
    out.say(*lines[:-1])
    out.result(lines[-1])
    out.next("chainrule", "info", model)
    out.document(report.to_json())
    if not report.ok:
        raise typer.Exit(CHECK_FAILED)
