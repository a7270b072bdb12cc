"""`chainrule export MODEL`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated, Any

import typer

from chainrule.cli.options import AsJson, Force, Model, Quiet, Signed, Tables
from chainrule.cli.output import Output
from chainrule.cli.reading import TYPED, Reading, reads_tables
from chainrule.errors import DataError

# Option -> (the files that it writes, what makes them, what verifies them).
_FORMS = {
    "--onnx": ((".onnx",), "to_onnx", "onnxruntime"),
    "--numpy": ((".py",), "to_numpy_source", "NumPy"),
    "--c": ((".c", ".h"), "to_c", "a C compiler"),
}


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
    as_c: Annotated[
        bool, typer.Option("--c", help="Write C source, .c and .h, that needs libm alone.")
    ] = False,
    interval: Annotated[
        float | None,
        typer.Option(
            "--interval", min=0, max=1, help="Answer also bounds that hold for this share of rows."
        ),
    ] = None,
    dtype: Annotated[
        str | None,
        typer.Option(
            "--dtype", metavar="TYPE", help="float32 or float64 in C; the model's if left out."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="File to write; the model's name if left out."
        ),
    ] = None,
    reading: Reading = TYPED,
    force: Force = False,
    signed_by: Signed = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Write a model for programs without chainrule; rows of DATA verify that it answers the same.

    The file holds the whole model: columns go in as they are, answers come out.
    """
    from chainrule.cli.model import refuse_existing

    out = Output(as_json=as_json, quiet=quiet)
    chosen = [
        option for option, wanted in zip(_FORMS, (as_onnx, as_numpy, as_c), strict=True) if wanted
    ]
    if len(chosen) != 1:
        raise DataError("say what to write.", "Add --onnx, --numpy or --c.")
    if dtype is not None and not as_c:
        raise DataError("--dtype is for --c.", "The other forms keep the model's number type.")
    endings, method, verifier = _FORMS[chosen[0]]
    path = output or os.path.splitext(model)[0] + endings[0]
    paths = [path, *(os.path.splitext(path)[0] + ending for ending in endings[1:])]
    for written in paths:
        refuse_existing(written, force, "-o")
    estimator, rows = _opened(model, signed_by, data, reading, out)
    keywords = {"dtype": dtype} if as_c else {}
    with out.catching():
        made = getattr(estimator, method)(path, rows, coverage=interval, **keywords)
    known = _verified(made)
    size = sum(Path(written).stat().st_size for written in paths)
    out.result(f"{' and '.join(paths)} written, {size:,} bytes")
    if known is None:
        out.result(f"not verified: {verifier} is not installed")
        if as_onnx:
            out.next("pip", "install", "onnxruntime")
    else:
        kind = "rows, yours among them" if data else "rows with every kind of value"
        out.result(
            f"verified by {known['by']} on {known['rows']:,} {kind}",
            f"largest difference to the model: {known['difference']:.1e}",
        )
        if not data and hasattr(estimator, "encoder_"):
            again = [chosen[0], *(["-o", path] if output else [])]
            again += ["--interval", f"{interval:g}"] if interval is not None else []
            again += ["--dtype", dtype] if dtype is not None else []
            out.next("chainrule", "export", model, "DATA", *again, "--force")
    out.document({"model": model, "output": path, "verified": known})


def _opened(
    model: str, signed_by: str | None, data: list[str] | None, reading: Reading, out: Output
) -> tuple[Any, Any]:
    """The estimator, and its rows of DATA or None; a network without a table takes no DATA."""
    from chainrule.cli.model import named, open_model
    from chainrule.errors import ModelFileError
    from chainrule.estimators.load import from_record
    from chainrule.files import read_model

    try:
        record = read_model(model, require_signature=signed_by)
    except ModelFileError as error:
        raise named(model, error) from error
    if "encoder" in record.extra:
        loaded = open_model(model, require_signature=signed_by)
        return loaded.estimator, loaded.read(data, reading, out)[1] if data else None
    if data:
        raise DataError(
            f"{model} holds a network without a table, so that DATA has no columns for it.",
            "Leave DATA out, or export in Python with rows of your own.",
        )
    return from_record(record), None


def _verified(made: Any) -> dict[str, Any] | None:
    """What an export says of its verification; None where there was nothing to verify it with."""
    known: dict[str, Any] | None
    if isinstance(made, str):
        import ast

        known = ast.literal_eval(made.rsplit("VERIFIED = ", 1)[1])
    elif hasattr(made, "metadata_props"):
        props = {entry.key: entry.value for entry in made.metadata_props}
        known = json.loads(props.get("verified", "null"))
    else:
        known = made.verified
    return known
