"""`chainrule report MODEL DATA`."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import Annotated

import typer

from chainrule.cli.options import AsJson, Force, Model, Quiet, Signed, Tables, Target
from chainrule.cli.output import Output, shell
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.errors import DataError
from chainrule.visible import visible

_ENDINGS = (".html", ".htm", ".md")
_WORST = 8


@reads_tables
def report(
    model: Model,
    data: Tables = None,
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="A page (.html), or a model card (.md)."
        ),
    ] = "report.html",
    target: Target = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Title; the target's name if left out.")
    ] = None,
    worst: Annotated[
        int, typer.Option(min=0, max=20, help="Rows that open to their own chain rule.")
    ] = _WORST,
    reading: Reading = TYPED,
    signed_by: Signed = None,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write what a model is worth, where it errs and why, as one page that needs no script.

    Best rows that training did not see, with their answers; otherwise the report says so.
    """
    from chainrule.cli.explain import row_name
    from chainrule.cli.model import open_model, refuse_existing
    from chainrule.cli.words import CommandWords
    from chainrule.report import findings_of

    out = Output(as_json=as_json, quiet=quiet)
    if not output.lower().endswith(_ENDINGS):
        raise DataError(f"a report is written to .html or .md, found {output!r}.")
    refuse_existing(output, force, "-o")
    loaded = open_model(model, require_signature=signed_by)
    X, y, kept, table = loaded.numbered_rows(data, reading, out, target)
    names = [row_name(table, int(row)) for row in kept]
    with out.catching():
        found = loaded.estimator.report(
            X,
            y,
            title=title or f"Predicting {target or loaded.target}",
            n_worst=worst,
            row_ids=names,
        )
    contents = found.contents
    told = loaded.estimator.diagnose(X, y).in_words(CommandWords())
    again = ["report", model, *(data or ()), *reading.arguments()]
    for option, value in (("--target", target), ("--title", title), ("-o", output)):
        again += [option, value] if value is not None else []
    again += ["--worst", str(worst)] if worst != _WORST else []
    contents = replace(
        contents,
        findings=findings_of(told),
        code=(shell("chainrule", *again),),
        origin=(*contents.origin, *_origin(model, data or [])),
    )
    found = replace(found, contents=contents)
    found.save(output)
    verdict = contents.verdict
    out.result(*wrap(visible(verdict.sentence), 80))
    if verdict.warning:
        out.notice(verdict.warning)
    for fault in contents.findings.faults:
        out.result(*wrap(visible(f"{fault.heading}: {fault.sentence}"), 80))
    out.result(f"report written to {output}, {Path(output).stat().st_size:,} bytes")
    first = contents.worst[0].explanation.quantity if contents.worst else "loss"
    out.next("chainrule", "explain", model, *(data or ())[:1], *reading.arguments(), first)
    out.document({"model": model, "output": output, **found.to_json()})


def _origin(model: str, data: list[str]) -> list[tuple[str, str]]:
    """What the model file knows of its training, and hashes as `sha256sum` gives them."""
    from chainrule.cli.model import TABLE_KEY
    from chainrule.files import read_info

    note = read_info(model).get(TABLE_KEY)
    note = note if isinstance(note, dict) else {}
    facts: list[tuple[str, str]] = [
        (f"training {what}", str(note[key]))
        for what, key in (
            ("on", "date"), ("rows", "n_rows"), ("table, fingerprint", "fingerprint")
        )
        if key in note
    ]  # fmt: skip
    facts += [
        (f"{os.path.basename(path)}, sha256sum", _sha256(path))
        for path in (model, *data)
        if os.path.isfile(path)
    ]
    return facts


def _sha256(path: str) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
