"""The refusal of columns in which some values are numbers and some are not, all at once."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from chainrule.errors import TableFileError
from chainrule.table.read.grammar import Conditions, non_numbers, shortened
from chainrule.table.read.texts import Texts

_MOST_TOKENS = 6  # more different values stand for something


@dataclass(frozen=True)
class MixedColumn:
    """A column to be refused.

    Attributes
    ----------
    name : str
    text : str
        SQL of its texts.
    n_numbers : int
        How many of its values are numbers; 0 where a model expects nothing but numbers.
    """

    name: str
    text: str
    n_numbers: int


def mixed_columns(
    texts: Texts,
    columns: Sequence[MixedColumn],
    conditions: Conditions,
    location: Callable[[int], str],
) -> TableFileError:
    """One refusal: the first value that is no number, and what all of the columns need."""
    found = [non_numbers(texts, column.text, conditions, _MOST_TOKENS + 1) for column in columns]
    first = columns[0]
    row, value = found[0][0]
    if first.n_numbers:
        are = (
            "value of the column is a number"
            if first.n_numbers == 1
            else "values of it are numbers"
        )
        others = f"{first.n_numbers} other {are}"
    else:
        others = "the model was trained on numbers there"
    more = [f"{column.name!r}" for column in columns[1:]]
    also = f"; so do {_listed(more)}" if more else ""
    tokens = list(
        dict.fromkeys(text for faults in found if len(faults) <= _MOST_TOKENS for _, text in faults)
    )
    tokens = tokens or [value]
    shown = " ".join(f"--missing {shlex.quote(shortened(token))}" for token in tokens)
    stand = "it stands for a missing value" if len(tokens) == 1 else "they stand for missing values"
    hint = f"If {stand} say {shown}"
    names = " ".join(f"--text {shlex.quote(shortened(column.name))}" for column in columns[:3])
    which = "the column is" if len(columns) == 1 else "the columns are"
    hint += f", and if {which} text say {names}." if first.n_numbers else "."
    return TableFileError(
        f"{location(row)}, column {first.name!r}: found {shortened(value)!r}, which is no "
        f"number, while {others}{also}.",
        hint,
    )


def _listed(names: list[str]) -> str:
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
