"""The bytes of a model file: a safetensors container with one metadata key and known tensors.

    8 bytes  header length N, little endian
    N bytes  JSON: {"__metadata__": {"chainrule": TEXT}, name: {dtype, shape, data_offsets}, ...}
    rest     the tensors, contiguous

`safetensors` packs and unpacks. What it leaves open is decided here: one metadata key, no key
twice, a header of at most 16 MiB, and names, number types and shapes exactly those that TEXT
implies, compared before memory for a tensor is asked for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors.numpy

from chainrule.errors import ModelFileError
from chainrule.files.canonical import parse

KEY = "chainrule"
MAX_HEADER = 16 << 20
MAX_TENSORS = 4096
_HEADER_VALUES = 24 * MAX_TENSORS  # beside a value in four bytes: a tensor's entry is some 36
# safetensors' name of a number type -> NumPy's, little endian
DTYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "U8": "|u1"}
_NAME = re.compile(r"[A-Za-z0-9_.]{1,64}")

# Name -> (dtype as safetensors spells it, shape).
Layout = dict[str, tuple[str, tuple[int, ...]]]

_FOREIGN = (
    (b"\x80", "a Python pickle, which can run code when it is opened"),
    (b"PK\x03\x04", "a zip archive (as Keras, PyTorch or NumPy write)"),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"\x1f\x8b", "a gzip file"),
)


def check_layout(layout: Layout) -> None:
    """Raise `ModelFileError` unless these tensors may stand in a model file."""
    if len(layout) > MAX_TENSORS:
        raise ModelFileError(
            f"the model has {len(layout)} tensors; a model file holds at most {MAX_TENSORS}."
        )
    for name, (dtype, shape) in layout.items():
        if not _NAME.fullmatch(name) or dtype not in DTYPES or len(shape) > 2:
            raise ModelFileError(f"tensor '{name}' cannot stand in a model file.")


def pack(text: str, tensors: Mapping[str, np.ndarray]) -> bytes:
    """The file's bytes; equal arguments give equal bytes.

    Raises `ModelFileError` where `text` is too long.
    """
    data: bytes = safetensors.numpy.save(dict(tensors), metadata={KEY: text})
    length = int.from_bytes(data[:8], "little")
    if length > MAX_HEADER:
        raise ModelFileError(
            f"the model's description takes {length} bytes; at most {MAX_HEADER} are stored."
        )
    return data


def header_length(first: bytes, size: int) -> int:
    """Length of the header from the first 8 bytes of a file of `size` bytes.

    Raises `ModelFileError` where they are not those of a safetensors file.
    """
    for magic, name in _FOREIGN:
        if first.startswith(magic) and not _plausible(first, size):
            raise ModelFileError(f"this is {name}, not a chainrule model file.")
    if len(first) < 8:
        raise ModelFileError(f"the file has {size} bytes, too few for a chainrule model file.")
    if not _plausible(first, size):
        raise ModelFileError("this is not a chainrule model file; its first bytes name no header.")
    return int.from_bytes(first, "little")


def _plausible(first: bytes, size: int) -> bool:
    return len(first) == 8 and 2 <= int.from_bytes(first, "little") <= min(size - 8, MAX_HEADER)


def read_header(header: bytes) -> tuple[str, dict[str, Any]]:
    """(metadata text, tensor entries as found) of a header, before any tensor is looked at.

    Raises `ModelFileError` where chainrule has not written it.
    """
    if not header.startswith(b"{"):
        raise ModelFileError("the file's header is not a JSON object.")
    entries = parse(header, "file's header", _HEADER_VALUES)
    metadata = entries.pop("__metadata__", None)
    if not isinstance(metadata, dict) or not isinstance(metadata.get(KEY), str):
        raise ModelFileError("this safetensors file was not written by chainrule.")
    if len(metadata) != 1:
        raise ModelFileError("the file's metadata holds more than the one key 'chainrule'.")
    if len(entries) > MAX_TENSORS:
        raise ModelFileError(f"the file lists {len(entries)} tensors, more than {MAX_TENSORS}.")
    return metadata[KEY], entries


def compare(entries: Mapping[str, Any], expected: Layout, data_size: int) -> None:
    """Raise unless the listed tensors are exactly the expected ones and fill `data_size` bytes."""
    for name in expected:
        if name not in entries:
            raise ModelFileError(f"the file lacks the tensor '{name}'.")
    spans = []
    for name, entry in entries.items():
        if name not in expected:
            raise ModelFileError(f"the file holds an unexpected tensor {name[:64]!r}.")
        dtype, shape = expected[name]
        if not isinstance(entry, dict) or set(entry) != {"dtype", "shape", "data_offsets"}:
            raise ModelFileError(f"the entry of tensor '{name}' is malformed.")
        if entry["dtype"] != dtype or not _same_integers(entry["shape"], shape):
            raise ModelFileError(
                f"tensor '{name}' is listed as {str(entry['dtype'])[:16]} of shape "
                f"{str(entry['shape'])[:64]}; its description implies {dtype} of {list(shape)}."
            )
        offsets = entry["data_offsets"]
        if not isinstance(offsets, list) or [type(offset) for offset in offsets] != [int, int]:
            raise ModelFileError(f"the offsets of tensor '{name}' are not two whole numbers.")
        spans.append((offsets[0], offsets[1], name, n_bytes(dtype, shape)))
    _check_spans(spans, data_size)


def _check_spans(spans: list[tuple[int, int, str, int]], data_size: int) -> None:
    offset = 0
    for start, end, name, size in sorted(spans):
        if start != offset or end != start + size:
            raise ModelFileError(f"tensor '{name}' is not where its description puts it.")
        offset = end
    if offset != data_size:
        raise ModelFileError(
            f"the file should hold {offset} bytes of tensors and holds {data_size}; "
            "it was cut or padded."
        )


def _same_integers(found: Any, expected: tuple[int, ...]) -> bool:
    return (
        isinstance(found, list)
        and all(type(value) is int for value in found)
        and tuple(found) == expected
    )


def n_bytes(dtype: str, shape: tuple[int, ...]) -> int:
    """Bytes of a tensor, in whole numbers of any size."""
    return math.prod(shape) * np.dtype(DTYPES[dtype]).itemsize


def unpack(data: bytes) -> dict[str, np.ndarray]:
    """The tensors of a file whose header has passed `compare`; `ModelFileError` if damaged."""
    try:
        return safetensors.numpy.load(data)
    except MemoryError:
        raise
    except BaseException as error:  # a panic of the compiled package is a BaseException
        if not isinstance(error, Exception) and type(error).__module__ == "builtins":
            raise  # Ctrl-C, or an end of the interpreter
        raise ModelFileError(
            f"the safetensors package refuses the file ({type(error).__name__})."
        ) from error
