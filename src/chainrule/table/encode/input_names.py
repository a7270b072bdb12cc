"""The names of the inputs of all columns, each there once.

    x     x?      a number, and whether it was missing        x    'x?'    beside a column "x?"
    a=b=c         the level "b=c" of the column "a"           'a=b'=c      the level "c" of "a=b"

A column whose own name reads like an input of another one stands in quotes, and only then.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from chainrule.table.encode.calendar import CYCLES
from chainrule.table.encode.column_encoder import ColumnEncoder

# What stands behind the name of a column in the name of an input, here or in an embedding.
_READS_LIKE = re.compile(
    rf".*?(=.*|\?|[~#]\d+|\.({'|'.join(CYCLES)})\.(sin|cos)|\.text\d+)", re.DOTALL
)
_EMBEDDED = re.compile(r"(.*)[~#]\d+", re.DOTALL)


def unique_input_names(columns: Sequence[ColumnEncoder]) -> list[str]:
    """The names of the inputs, column after column."""
    plain = [column.input_names for column in columns]
    counts = Counter(name for names in plain for name in names)
    quoted = []
    for column, names in zip(columns, plain, strict=True):
        met = any(counts[name] > 1 or _is_embedded(name, counts) for name in names)
        quoted.append(met and _READS_LIKE.fullmatch(column.name) is not None)
    if any(quoted):  # a name that stands in quotes by itself must not read like one of these
        pairs = zip(columns, quoted, strict=True)
        quoted = [in_quotes or column.name.startswith("'") for column, in_quotes in pairs]
    return [
        f"{_quoted(column.name)}{suffix}" if in_quotes else f"{column.name}{suffix}"
        for column, in_quotes in zip(columns, quoted, strict=True)
        for suffix in column.suffixes
    ]


def _is_embedded(name: str, known: Counter[str]) -> bool:
    """Whether an embedding of another input makes a unit of this name."""
    found = _EMBEDDED.fullmatch(name)
    return found is not None and found[1] in known


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"
