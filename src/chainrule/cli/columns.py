"""Columns in a few words, and how many of them are shown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.cli.output import number

_ROOM = 36  # characters, so that a row of the table fits 80
_SHOWN_COLUMNS = 30


def values_in_words(values: np.ndarray, kind: str, room: int = 80) -> str:
    """ "32.1 to 59.6", or "3 values: Biscoe, Dream, Torgersen", of as many as there is room for."""
    if kind == "empty":
        return "none"
    if kind == "number":
        known = values[~np.isnan(values)]
        return f"{number(float(known.min()))} to {number(float(known.max()))}"
    if kind == "datetime":
        known = values[~np.isnat(values)]
        return f"{known.min().astype('M8[s]')} to {known.max().astype('M8[s]')}"
    if kind == "duration":
        days = values[~np.isnat(values)] / np.timedelta64(1, "D")
        return f"{number(float(days.min()))} to {number(float(days.max()))} days"
    if kind == "time":
        times = [value for value in values if value is not None]
        return f"{min(times)} to {max(times)}"
    known = Counter(value for value in values.tolist() if value is not None)
    head = f"{len(known)} {'value' if len(known) == 1 else 'values'}: "
    words = [_short(str(value)) for value, _ in known.most_common(9)]
    return head + _listed(words, len(known), len(head), min(room - len(", ..."), _ROOM))


def classes_in_words(values: np.ndarray) -> str:
    """ "Adelie 152, Gentoo 124, Chinstrap 68", the most frequent first."""
    known = Counter(values.tolist())
    words = [f"{_short(str(value))} {count}" for value, count in known.most_common(9)]
    return _listed(words, len(known), 0, room=60)


def _listed(words: list[str], n_words: int, used: int, room: int = _ROOM) -> str:
    """As many words as there is room for, at least one."""
    shown = ""
    for place, word in enumerate(words):
        longer = f"{shown}, {word}" if shown else word
        if place and used + len(longer) > room:
            return f"{shown}, ..."
        shown = longer
    return shown if n_words == len(words) else f"{shown}, ..."


def _short(word: str, limit: int = 24) -> str:
    return word if len(word) <= limit else word[: limit - 3] + "..."


def first_columns(rows: Sequence[Any]) -> tuple[Sequence[Any], list[str]]:
    """The rows of a list of columns that are shown, and a line for the others, if any."""
    hidden = len(rows) - _SHOWN_COLUMNS
    if hidden < 2:  # its line would take the place of one more
        return rows, []
    return rows[:_SHOWN_COLUMNS], [f"  ... and {hidden:,} more columns"]
