"""Files that hold several tables: Excel workbooks and SQLite databases.

Their tables become CSV, whose grammar then says what the columns hold.
"""

from __future__ import annotations

import csv
import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from chainrule.errors import ChainruleError, TableFileError
from chainrule.table.read.text_file import copy_path

_DAMAGED = "The file is damaged; write it again from its source."


@dataclass(frozen=True)
class Container(ABC):
    """A file of several tables.

    Attributes
    ----------
    path : str
    name : str
        What messages call it.
    folder : str
        Where copies of its tables are written.

    Raises
    ------
    TableFileError
        For a file that holds something else than its ending says.
    """

    path: str
    name: str
    folder: str

    magic: ClassVar[bytes]
    what: ClassVar[str]
    noun: ClassVar[str]
    takes_first: ClassVar[bool]

    def __post_init__(self) -> None:
        """Raise `TableFileError` for a file of another kind."""
        with open(self.path, "rb") as file:
            if file.read(len(self.magic)) != self.magic:
                raise TableFileError(
                    f"{self.name} is no {self.what}, though its ending says so.",
                    "Give it the ending of what it is.",
                )

    @abstractmethod
    def names(self) -> list[str]:
        """Its tables, in its order."""

    @abstractmethod
    def as_csv(self, table: str) -> str:
        """The path of a copy of one of its tables."""

    def chosen(self, wanted: str | None) -> str:
        """The table that is meant; `TableFileError` where there is none, or more than one."""
        names, noun = self.names(), self.noun
        if wanted is not None:
            if wanted in names:
                return wanted
            raise TableFileError(
                f"{self.name} has no {noun} {wanted!r}.",
                f"It has: {', '.join(names[:8]) or 'none'}.",
            )
        if not names:
            raise TableFileError(f"{self.name} has no {noun}.", "Name another file.")
        if len(names) > 1 and not self.takes_first:
            raise TableFileError(
                f"{self.name} has {len(names)} {noun}s: {', '.join(names[:8])}.",
                f"Say which one with --table {names[0]}.",
            )
        return names[0]


class Workbook(Container):
    """An Excel workbook, of which the first sheet is meant if none is named."""

    magic = b"PK\x03\x04"
    what, noun = "Excel workbook", "sheet"
    takes_first = True

    def names(self) -> list[str]:
        """Its sheets."""
        with self._opened() as book:
            return list(book.sheetnames)

    def as_csv(self, table: str) -> str:
        """A sheet without the empty rows and columns at its end."""
        with self._opened() as book:
            rows = (
                [_cell(cell) for cell in row] for row in book[table].iter_rows(values_only=True)
            )
            return _as_csv(_trimmed(rows), self.folder)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        try:
            import openpyxl
        except ImportError:
            raise ChainruleError(
                "reading an Excel workbook needs the package openpyxl, which is not installed.",
                'Install it with: pip install "chainrule[excel]"',
            ) from None
        try:
            book = openpyxl.load_workbook(self.path, read_only=True, data_only=True)
        except Exception as error:  # a damaged archive fails in many ways
            raise TableFileError(
                f"{self.name} cannot be opened: {str(error)[:120]}.", _DAMAGED
            ) from None
        try:
            yield book
        finally:
            book.close()


class Database(Container):
    """An SQLite database, whose only table is meant if none is named."""

    magic = b"SQLite format 3\0"
    what, noun = "SQLite database", "table"
    takes_first = False

    def names(self) -> list[str]:
        """Its tables and views."""
        with self._opened() as base:
            found = base.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
            )
            return [str(name) for (name,) in found]

    def as_csv(self, table: str) -> str:
        """A table or view."""
        identifier = table.replace('"', '""')
        with self._opened() as base:
            rows = base.execute(f'SELECT * FROM "{identifier}"')
            header = [column[0] for column in rows.description]
            return _as_csv([header, *([_cell(cell) for cell in row] for row in rows)], self.folder)

    @contextmanager
    def _opened(self) -> Iterator[Any]:
        import sqlite3
        from urllib.parse import quote

        try:
            base = sqlite3.connect(f"file:{quote(self.path)}?mode=ro&immutable=1", uri=True)
            try:
                yield base
            finally:
                base.close()
        except sqlite3.Error as error:
            raise TableFileError(f"{self.name} cannot be read: {error}.", _DAMAGED) from None


CONTAINERS: dict[str, type[Container]] = {"excel": Workbook, "sqlite": Database}


def _cell(value: Any) -> str:
    """A cell as CSV has it; dates in ISO form, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return value.isoformat(" ") if isinstance(value, datetime.datetime) else str(value)


def _trimmed(rows: Iterable[list[str]]) -> list[list[str]]:
    """Rows of a sheet without the empty ones and the empty columns at its end."""
    kept = [row for row in rows if any(row)]
    width = max((max(i + 1 for i, cell in enumerate(row) if cell) for row in kept), default=0)
    return [(row + [""] * width)[:width] for row in kept]


def _as_csv(rows: Iterable[Sequence[str]], folder: str) -> str:
    copy = copy_path(folder, ".csv")
    with open(copy, "w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)
    return copy
