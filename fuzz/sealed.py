"""Model files as a forger would write them: changed, and signed again."""

from __future__ import annotations

import copy
import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import safetensors.numpy

from chainrule.files import ModelRecord, to_bytes

Tensors = dict[str, np.ndarray]
Change = Callable[[dict[str, Any], Tensors], object]


def opened(data: bytes) -> tuple[dict[str, Any], Tensors]:
    """The description of a file, without its checksum, and the tensors."""
    length = struct.unpack("<Q", data[:8])[0]
    description = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["chainrule"])
    del description["sha256"]
    return description, safetensors.numpy.load(data)


def sealed(description: Mapping[str, Any], tensors: Mapping[str, np.ndarray]) -> bytes:
    """A file of them whose checksum is right, whatever they hold."""
    digest = hashlib.sha256(_text(description).encode("utf-8", "surrogatepass"))
    for _, array in sorted(tensors.items()):
        digest.update(np.ascontiguousarray(array).tobytes())
    text = _text({**description, "sha256": digest.hexdigest()})
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    data: bytes = safetensors.numpy.save(arrays, metadata={"chainrule": ""})
    length = struct.unpack("<Q", data[:8])[0]
    header = json.loads(data[8 : 8 + length])
    header["__metadata__"] = {"chainrule": text}
    packed = json.dumps(header, separators=(",", ":")).encode()
    packed += b" " * (-len(packed) % 8)
    return struct.pack("<Q", len(packed)) + packed + data[8 + length :]


def rewritten(record: ModelRecord, change: Change) -> bytes:
    """The file of a record after a change of its description and tensors."""
    description, tensors = opened(to_bytes(record))
    change(description, tensors)
    return sealed(description, tensors)


def changed(data: bytes, change: Change) -> bytes:
    """The same of a file's bytes."""
    description, tensors = copy.deepcopy(opened(data))
    change(description, tensors)
    return sealed(description, tensors)


def _text(value: Any) -> str:
    """Canonical JSON, except that NaN and infinity are written, too."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
