"""The answers of `predict` as a table: CSV, Parquet or JSON lines."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chainrule.cli.output import Output
from chainrule.errors import DataError

if TYPE_CHECKING:
    import numpy as np

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula
_ENDINGS = {
    ".csv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
}


@dataclass(frozen=True)
class Predictions:
    """Columns of answers beside columns of the table that they answer.

    Attributes
    ----------
    names : list of str
    columns : list of list
        As many values in each.
    n_kept : int
        How many of the columns, the first ones, come from the table.
    """

    names: list[str]
    columns: list[list[Any]]
    n_kept: int = 0

    @classmethod
    def of(
        cls, kept: dict[str, Any], header: list[str], answers: Sequence[np.ndarray]
    ) -> Predictions:
        """From columns of a table and the arrays of answers, one- or two-dimensional."""
        lists = [vector for part in answers for vector in part.reshape(len(part), -1).T.tolist()]
        twice = [name for name in kept if name in header]
        if twice:
            raise DataError(
                f"the column {twice[0]!r} would stand beside an answer of the same name.",
                "Rename it with --sql, or leave it out of --keep.",
            )
        return cls([*kept, *header], [_plain(v) for v in kept.values()] + lists, len(kept))

    def csv(self, excel_safe: bool, out: Output) -> str:
        """As CSV, numbers in the shortest form that reads back to the same bits."""
        texts = {cell for column in self.columns[: self.n_kept + 1] for cell in column}
        risky = [cell for cell in (*self.names, *texts) if _is_formula(cell)]
        if risky and not excel_safe:
            out.notice(
                f"{risky[0]!r} looks like a formula to a spreadsheet; --excel-safe puts ' before "
                "it."
            )
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for cells in (self.names, *zip(*self.columns, strict=True)):
            writer.writerow([_cell(cell, excel_safe) for cell in cells])
        return text.getvalue()

    def json_lines(self) -> str:
        """One JSON object a row."""
        rows = zip(*self.columns, strict=True)
        lines = (
            json.dumps(dict(zip(self.names, row, strict=True)), ensure_ascii=False, default=str)
            for row in rows
        )
        return "\n".join(lines) + "\n"

    def write(self, path: str, excel_safe: bool, out: Output) -> None:
        """To a file, in the format of its ending."""
        from chainrule.files.write import write_atomically

        format_ = format_of(path)
        if format_ == "csv":
            write_atomically(path, self.csv(excel_safe, out).encode())
        elif format_ == "json":
            write_atomically(path, self.json_lines().encode())
        else:
            from chainrule.table.read.connection import as_parquet

            write_atomically(path, as_parquet(self.names, self.columns))


def format_of(path: str) -> str:
    """The format that a path's ending says: "csv", "parquet" or "json".

    Raises `DataError` for another ending.
    """
    ending = os.path.splitext(path)[1].lower()
    if ending and ending not in _ENDINGS:
        raise DataError(
            f"the ending of {path!r} names no format of tables.",
            "Write to a file that ends in .csv, .parquet or .jsonl.",
        )
    return _ENDINGS.get(ending, "csv")


def is_picture(path: str | None) -> bool:
    """Whether a file of numbers is to be one; none is no picture.

    Raises `DataError` for an ending that is neither of a picture nor of a table.
    """
    if path is None:
        return False
    drawn = path.lower().endswith((".png", ".svg", ".pdf"))
    if not drawn:
        format_of(path)
    return drawn


def _plain(values: Any) -> list[Any]:
    """A column of a table as JSON and CSV have it: None where missing, 3 for 3.0."""
    cells: list[Any] = []
    for value in values.tolist() if values.dtype.kind not in "mM" else values.astype(object):
        if value is None or value != value:
            cells.append(None)
        elif isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
            cells.append(int(value))
        elif isinstance(value, bool | int | float | str):
            cells.append(value)
        else:
            cells.append(str(value))
    return cells


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith(_FORMULA)


def _cell(cell: Any, excel_safe: bool) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return repr(cell)
    return f"'{cell}" if excel_safe and _is_formula(cell) else str(cell)
