"""Running an ONNX file, where onnxruntime is installed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


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
