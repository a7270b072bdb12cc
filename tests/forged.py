"""Model files as a forger would write them: changed, and signed again."""

import hashlib
import json
import struct

import numpy as np
import safetensors.numpy

from chainrule.files.canonical import canonical
from chainrule.files.model import to_bytes


def rewritten(record, change):
    """The file with its description changed and signed again, as a forger would."""
    data = to_bytes(record)
    length = struct.unpack("<Q", data[:8])[0]
    description = json.loads(json.loads(data[8 : 8 + length])["__metadata__"]["chainrule"])
    del description["sha256"]
    tensors = safetensors.numpy.load(data)
    change(description, tensors)
    digest = hashlib.sha256(canonical(description))
    for _, array in sorted(tensors.items()):
        digest.update(np.ascontiguousarray(array).tobytes())
    signed = canonical({**description, "sha256": digest.hexdigest()}).decode()
    return safetensors.numpy.save(tensors, metadata={"chainrule": signed})
