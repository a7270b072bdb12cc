"""Keyed hashes in the place of categories, so that a model does not hold what they are called.

    h(level) = BLAKE2b(key, text of the level), 8 bytes, in hexadecimal digits

The key lies in the model, which could not meet new rows without it. So nobody reads the categories
in the file; who has a list of candidates can still try them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace

import numpy as np

from chainrule.table.column import CATEGORY, Column, as_category

_KEY = re.compile(r"[0-9a-f]{32}")


def new_key(seed: int, columns: list[Column]) -> str:
    """A key of 16 bytes that the same seed and table give again, and no other table."""
    digest = hashlib.blake2b(str(seed).encode(), digest_size=16)
    for column in columns:
        digest.update(repr((column.name, sorted(map(str, column.levels)))).encode())
    return digest.hexdigest()


def is_key(text: object) -> bool:
    """Whether this is the form of a key."""
    return isinstance(text, str) and _KEY.fullmatch(text) is not None


def hashed(column: Column, key: str) -> Column:
    """The same column with hashes for its levels."""
    column = as_category(column)
    secret = bytes.fromhex(key)
    names = [
        hashlib.blake2b(str(level).encode("utf-8", "surrogatepass"), key=secret, digest_size=8)
        for level in column.levels
    ]
    levels = tuple(name.hexdigest() for name in names)
    if len(set(levels)) == len(levels):
        return replace(column, kind=CATEGORY, levels=levels)
    unique = sorted(set(levels))  # 1 and "1" have one text
    renumber = np.array([*(unique.index(level) for level in levels), -1], np.int32)
    return replace(column, kind=CATEGORY, values=renumber[column.values], levels=tuple(unique))
