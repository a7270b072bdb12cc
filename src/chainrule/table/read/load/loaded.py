"""What every loader gives: the table `raw` in DuckDB, and where its rows came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from chainrule.table.read.dialect import Dialect
from chainrule.table.read.file_table import Array, Part
from chainrule.table.read.raw_column import RawColumn
from chainrule.table.read.text_file import TextFile

# From the names in a file to those that are read, in the file's order.
Choose = Callable[[Sequence[str]], Sequence[str]]


@dataclass(frozen=True)
class Source:
    """A text file and how it was read.

    Attributes
    ----------
    file : TextFile
    dialect : Dialect
    header : bool
        Whether its first record holds the names.
    """

    file: TextFile
    dialect: Dialect
    header: bool


@dataclass(frozen=True)
class Loaded:
    """What a loader put into `raw`.

    Attributes
    ----------
    columns : tuple of RawColumn
        Those that were asked for, in the order of the file.
    parts : tuple of Part
    delimiter : str or None
    numbers : mapping of str to ndarray
        Columns, by name, that are read already and are not in `raw`.
    sources : tuple of Source
        The text files.
    """

    columns: tuple[RawColumn, ...]
    parts: tuple[Part, ...]
    delimiter: str | None = None
    numbers: Mapping[str, Array] = field(default_factory=dict)
    sources: tuple[Source, ...] = ()
