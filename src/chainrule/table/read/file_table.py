"""What reading a file gives: arrays by column name, and a report of how they were understood."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.table.read.dates.spelling import is_sure

Array = NDArray[Any]


@dataclass(frozen=True)
class ColumnReport:
    """How one column was understood.

    Attributes
    ----------
    name : str
    kind : str
        "number" (float64, NaN where missing), "text" (object, None where missing), "boolean"
        (bool, or object with None), "datetime" (datetime64, NaT where missing), "duration"
        (timedelta64, NaT where missing), "time" (of day: `datetime.time`, None where missing), or
        "empty" (float64, all NaN).
    n_missing : int
    zone : str or None
        Time zone of a "datetime" column, whose values are then of UTC.
    format : str or None
        How the dates, times of day, durations or numbers are spelled in the file.
    """

    name: str
    kind: str
    n_missing: int
    zone: str | None = None
    format: str | None = None


@dataclass(frozen=True)
class TableReport:
    """How a file was understood.

    Attributes
    ----------
    source : str
        The file's name, or what stands for it.
    format : str
        "csv", "parquet", "json" or "sql".
    delimiter : str or None
        What separates the fields of a text file.
    n_rows : int
    columns : tuple of ColumnReport
    notices : tuple of str
        What a person should know and need not act on.
    unread : tuple of str
        Columns of the source that were not asked for.
    """

    source: str
    format: str
    delimiter: str | None
    n_rows: int
    columns: tuple[ColumnReport, ...]
    notices: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def date_formats(self) -> dict[str, str]:
        """Column -> how its dates or times are spelled, where the values alone may not tell."""
        return {
            c.name: c.format
            for c in self.columns
            if c.format and c.kind != "number" and not is_sure(c.format)
        }

    @property
    def number_formats(self) -> dict[str, str]:
        """Column -> an example of how its numbers are written, where they are not plain."""
        return {c.name: c.format for c in self.columns if c.format and c.kind == "number"}


@dataclass(frozen=True)
class Part:
    """The rows that came from one file.

    Attributes
    ----------
    name : str
    n_rows : int
    unit : str
        What rows are counted in: "line", "record" or "row".
    numbers : ndarray of int64, shape (n_rows,)
        The number of each row in the file, in that unit.
    """

    name: str
    n_rows: int
    unit: str
    numbers: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class FileTable(Mapping[str, Array]):
    """Columns by name, in the order of the file; works wherever a mapping of arrays does.

    Attributes
    ----------
    columns : dict of str to ndarray, each of shape (n_rows,)
        See `ColumnReport.kind` for the types.
    report : TableReport
    parts : tuple of Part
        Where the rows came from.
    """

    columns: dict[str, Array]
    report: TableReport
    parts: tuple[Part, ...] = field(repr=False)

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return self.report.n_rows

    @property
    def line_numbers(self) -> NDArray[np.int64]:
        """Line (of JSON: record, of Parquet: row from 0) of each row in its file."""
        return np.concatenate([part.numbers for part in self.parts])

    def location(self, row: int) -> str:
        """Where row `row`, counted from 0, stands: for example "data.csv, line 17"."""
        return location_of(self.parts, row)

    @property
    def zones(self) -> dict[str, str]:
        """Time zones of the columns of instants, by name."""
        return {column.name: column.zone for column in self.report.columns if column.zone}

    def take(self, rows: Array | slice) -> FileTable:
        """The same table with only these rows (indices, a mask or a slice)."""
        kept = {name: values[rows] for name, values in self.columns.items()}
        chosen = np.arange(self.n_rows)[rows]
        report = replace(self.report, n_rows=len(chosen))
        ends = np.cumsum([part.n_rows for part in self.parts])
        which = np.searchsorted(ends, chosen, side="right")
        numbers = self.line_numbers[chosen]
        cuts = [0, *(np.flatnonzero(np.diff(which)) + 1).tolist(), len(chosen)]
        parts = tuple(
            Part(part.name, stop - start, part.unit, numbers[start:stop])
            for start, stop in pairwise(cuts)
            if stop > start
            for part in (self.parts[which[start]],)
        )
        return FileTable(kept, report, parts)

    def without(self, *names: str) -> FileTable:
        """The same table without some columns."""
        kept = {name: values for name, values in self.columns.items() if name not in names}
        return FileTable(kept, self.report, self.parts)

    def only(self, *names: str) -> FileTable:
        """The same table with some columns alone, in the order of `names`."""
        return FileTable({name: self.columns[name] for name in names}, self.report, self.parts)

    def renamed(self, names: Mapping[str, str]) -> FileTable:
        """The same table with other names for some columns, old -> new."""
        kept = {names.get(name, name): values for name, values in self.columns.items()}
        reports = tuple(replace(c, name=names.get(c.name, c.name)) for c in self.report.columns)
        return FileTable(kept, replace(self.report, columns=reports), self.parts)

    def __getitem__(self, name: str) -> Array:
        return self.columns[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)


def location_of(parts: tuple[Part, ...], row: int) -> str:
    """Where a row stands, as messages say it."""
    ends = list(accumulate(part.n_rows for part in parts))
    which = min(bisect_right(ends, row), len(parts) - 1)
    part = parts[which]
    within = row - (ends[which] - part.n_rows)
    if within >= len(part.numbers):
        return part.name
    return f"{part.name}, {part.unit} {part.numbers[within]}"


def missing_cells(values: Array) -> Array:
    """Mask of the values that are NaN, NaT or None."""
    if values.dtype.kind == "f":
        return np.asarray(np.isnan(values))
    if values.dtype.kind in "mM":
        return np.asarray(np.isnat(values))
    if values.dtype.kind == "O":
        return np.array([value is None for value in values], bool)
    return np.zeros(len(values), bool)
