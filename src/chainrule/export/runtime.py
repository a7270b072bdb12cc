"""Running what was exported: an ONNX file where onnxruntime is installed, C by a compiler."""

from __future__ import annotations

import csv
import io
import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from chainrule.errors import DataError
from chainrule.export.c.file import CSource
from chainrule.export.description import Description, InputColumn, Output
from chainrule.export.values import BOOL, INT64, TEXT


def runtime_name() -> str | None:
    """ "onnxruntime 1.20.1", or None where it is not installed."""
    try:
        import onnxruntime
    except ImportError:
        return None
    return f"onnxruntime {onnxruntime.__version__}"


def run_onnx(model: Any, rows: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The outputs of an `onnx.ModelProto`, in order, by name."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(names, dict(rows)), strict=True))


def compiler_name() -> str | None:
    """ "gcc 12.2.0" of the C compiler at hand, or None where there is none; CC names another."""
    command = _compiler()
    if command is None:
        return None
    told = subprocess.run([*command, "-dumpfullversion"], capture_output=True, text=True)
    if told.returncode != 0:  # clang
        told = subprocess.run([*command, "-dumpversion"], capture_output=True, text=True)
    return f"{Path(command[0]).name} {told.stdout.strip()}"


def _compiler() -> list[str] | None:
    wished = shlex.split(os.environ.get("CC", ""))
    for command in [wished] if wished else [["gcc"], ["clang"], ["cc"]]:
        if shutil.which(command[0]):
            return command
    return None


def run_c(
    source: CSource,
    description: Description,
    rows: Mapping[str, np.ndarray],
    flags: Sequence[str] = ("-O1",),
) -> dict[str, np.ndarray]:
    """The answers of a C file's own example program, which the compiler at hand makes.

    Raises
    ------
    DataError
        With what the compiler or the program said.
    """
    command = _compiler()
    assert command is not None
    with tempfile.TemporaryDirectory() as folder:
        base = f"{folder}/{source.stem}"
        Path(f"{base}.h").write_text(source.header, "utf-8")
        Path(f"{base}.c").write_text(source.source, "utf-8")
        main = f"-D{source.name.upper()}_MAIN"
        _called([*command, "-std=c99", *flags, main, f"{base}.c", "-o", f"{base}.run", "-lm"], b"")
        table = _csv(description.columns, rows).encode("utf-8", "surrogatepass")
        answers = _called([f"{base}.run"], table)
    return _read(answers.decode("utf-8", "surrogatepass"), description.outputs)


def _called(command: list[str], given: bytes) -> bytes:
    done = subprocess.run(command, input=given, capture_output=True)
    if done.returncode != 0:
        raise DataError(
            f"the C file cannot be verified: {done.stderr.decode(errors='replace').strip()}",
            "Please report this.",
        )
    return done.stdout


def _csv(columns: Sequence[InputColumn], rows: Mapping[str, np.ndarray]) -> str:
    """Rows as the example program reads them."""
    cells = [column for c in columns for column in np.asarray(rows[c.name]).T.tolist()]
    header = [name for column in columns for name in column.fields]
    return "".join(
        ",".join(map(_cell, line)) + "\n" for line in [header, *zip(*cells, strict=True)]
    )


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\0", "\ufffd").replace('"', '""') + '"'
    return "" if value != value else repr(value)


def _read(text: str, outputs: Sequence[Output]) -> dict[str, np.ndarray]:
    records = list(csv.reader(io.StringIO(text, newline="")))[1:]
    found, first = {}, 0
    for output in outputs:
        value = output.value
        cells = [record[first : first + value.width] for record in records]
        first += value.width
        if value.dtype == TEXT:
            found[output.name] = np.array(cells, object)
        else:
            kind = {BOOL: np.int64, INT64: np.int64}.get(value.dtype, np.float64)
            array = np.array(cells, kind).reshape(len(records), value.width)
            found[output.name] = array.astype(bool) if value.dtype == BOOL else array
    return found
