"""A short text that is the same for the same table, and for no other."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chainrule.table.read import FileTable

_SHOWN = 16  # hexadecimal digits: two tables share them once in 2^64


def fingerprint(table: FileTable) -> str:
    """SHA-256 of the names and values of a table as it was read, its first 16 digits.

    It knows the order of rows and columns, and no format: a CSV file and its Parquet copy agree.
    """
    found = hashlib.sha256()
    for name in table:
        values = table[name]
        found.update(f"{name}\0{len(values)}\0".encode())
        if values.dtype.kind == "O":
            text = "\0".join("\1" if value is None else str(value) for value in values.tolist())
            found.update(text.encode("utf-8", "surrogatepass"))
        else:
            kind = "M8[us]" if values.dtype.kind == "M" else values.dtype
            found.update(values.astype(kind).tobytes())
    return found.hexdigest()[:_SHOWN]
