"""`chainrule export MODEL`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.options import AsJson, Force, Model, Quiet, Tables
from chainrule.cli.output import Output
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.errors import DataError


@reads_tables
def export(
    model: Model,
    data: Tables = None,
    as_onnx: Annotated[
        bool, typer.Option("--onnx", help="Write an ONNX file, which any runtime of ONNX runs.")
    ] = False,
    as_numpy: Annotated[
        bool, typer.Option("--numpy", help="Write a Python file that needs NumPy alone.")
    ] = False,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="File to write; the model's name if left out."
        ),
    ] = None,
    reading: Reading = TYPED,
    force: Force = False,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a model for programs without chainrule; rows of DATA verify that it answers the same.

    The file holds the whole model: columns go in as they are, answers come out.
    """
    from chainrule.cli.model import open_model, refuse_existing

    out = Output(as_json=as_json, quiet=quiet)
    if as_onnx == as_numpy:
        raise DataError("say what to write.", "Add --onnx or --numpy.")
    path = output or os.path.splitext(model)[0] + (".onnx" if as_onnx else ".py")
    refuse_existing(path, force, "-o")
    loaded = open_model(model)
    rows = loaded.read(data, reading, out)[1] if data else None
    with out.catching():
        if as_onnx:
            known = _of_onnx(loaded.estimator.to_onnx(path, rows))
        else:
            known = _of_source(loaded.estimator.to_numpy_source(path, rows))
    out.result(f"{path} written, {Path(path).stat().st_size:,} bytes")
    if known is None:
        out.result("not verified: onnxruntime is not installed")
        out.next("pip", "install", "onnxruntime")
    else:
        kind = "rows, yours among them" if data else "rows with every kind of value"
        out.result(
            f"verified by {known['by']} on {known['rows']:,} {kind}",
            f"largest difference to the model: {known['difference']:.1e}",
        )
        if not data:
            again = ["--onnx" if as_onnx else "--numpy", *(["-o", path] if output else [])]
            out.next("chainrule", "export", model, "DATA", *again, "--force")
    out.document({"model": model, "output": path, "verified": known})


def _of_onnx(model: Any) -> dict[str, Any] | None:
    """What a file says of its verification; None where there was no runtime."""
    props = {entry.key: entry.value for entry in model.metadata_props}
    known: dict[str, Any] | None = json.loads(props.get("verified", "null"))
    return known


def _of_source(source: str) -> dict[str, Any]:
    import ast

    known: dict[str, Any] = ast.literal_eval(source.rsplit("VERIFIED = ", 1)[1])
    return known
