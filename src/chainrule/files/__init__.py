"""The model file: one safetensors file, validated before it is allocated, saved atomically."""

from chainrule.files.model import (
    KINDS,
    ModelRecord,
    from_bytes,
    read_info,
    read_model,
    save_model,
    to_bytes,
)

__all__ = [
    "KINDS",
    "ModelRecord",
    "from_bytes",
    "read_info",
    "read_model",
    "save_model",
    "to_bytes",
]
