"""What every column encoder is: fitted once on a column, it writes new rows as inputs.

A further way of encoding is a further class with this interface, and its row in `form.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from chainrule.table.column import CATEGORY, Column

# Kinds of input, in the order in which a network takes them.
NUMBERS, FLAGS, INDICES = range(3)


@dataclass(frozen=True)
class ColumnEncoder(ABC):
    """One column as inputs of the network.

    Attributes
    ----------
    name, kind : str
        Of the training column; see `chainrule.table.column`.
    """

    code: ClassVar[str]  # which encoder it is, in the JSON form
    name: str
    kind: str

    @property
    @abstractmethod
    def suffixes(self) -> tuple[str, ...]:
        """What the name of every input has behind that of the column."""

    @property
    def input_names(self) -> tuple[str, ...]:
        """The name of every input."""
        return tuple(f"{self.name}{suffix}" for suffix in self.suffixes)

    @property
    @abstractmethod
    def groups(self) -> tuple[int, ...]:
        """For every input its kind: `NUMBERS`, `FLAGS` or `INDICES`."""

    @property
    @abstractmethod
    def file_kind(self) -> str | None:
        """What the column must hold in a file: "number", "text", ...; None is anything."""

    @abstractmethod
    def write(self, column: Column, out: np.ndarray) -> str | None:
        """Fill `out` of shape (n, number of inputs); return a notice for the user, or None."""


@dataclass(frozen=True)
class UnusedEncoder(ColumnEncoder):
    """A column that never changed in training: the model requires it and does not use it."""

    code: ClassVar[str] = "none"

    @property
    def suffixes(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def groups(self) -> tuple[int, ...]:
        """None."""
        return ()

    @property
    def file_kind(self) -> str | None:
        """A column of categories is read as text, which accepts every value."""
        return "text" if self.kind == CATEGORY else None

    def write(self, column: Column, out: np.ndarray) -> str | None:
        """There is nothing to fill and nothing to say."""
        return None


def counted(count: int, noun: str, plural: str = "") -> str:
    """ "1 row", "3 rows"."""
    return f"{count} {noun if count == 1 else plural or noun + 's'}"
