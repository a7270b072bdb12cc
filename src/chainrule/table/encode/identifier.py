"""Columns that name rows instead of saying something of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from chainrule.table.column import CATEGORY, NUMERIC, Column
from chainrule.table.encode.column_encoder import UnusedEncoder

_MIN_ROWS = 30
_NEARLY = 0.95  # share of rows with a value of their own
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|#")
_LAST = frozenset(["id", "ids", "idx", "index", "key", "nr", "no", "num", "number", "uuid", "#"])
_WHOLE = frozenset(["id", "index", "rownames", "row", "case", "obs", "serial", "unnamed"])


@dataclass(frozen=True)
class LeftOutEncoder(UnusedEncoder):
    """A column that names rows: the model does not use it, and new tables need not have it."""

    code: ClassVar[str] = "left out"


def is_identifier(column: Column, *, named: bool) -> bool:
    """Whether (nearly) every row of a column has a value of its own, which only names it.

    Texts of few words do; whole numbers do where the name of their column says so, because
    quantities may be different in every row, too.
    """
    known = ~column.missing
    n_known = int(np.count_nonzero(known))
    if n_known < _MIN_ROWS:
        return False
    if column.kind == CATEGORY:
        texts = [level for level in column.levels if isinstance(level, str)]
        return len(texts) == len(column.levels) > _NEARLY * n_known
    if column.kind != NUMERIC or not (named and _says_identifier(column.name)):
        return False
    values = column.values[known]
    return bool((values == np.floor(values)).all()) and len(np.unique(values)) > _NEARLY * n_known


def _says_identifier(name: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(name)]
    if not words:
        return False
    return words[-1] in _LAST or "".join(words) in _WHOLE or words[0] in ("id", "uuid", "guid")
