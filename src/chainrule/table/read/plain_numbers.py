"""Columns of plain numbers, straight from a text file: most of a wide or long table.

A row without quotes is split at its delimiters and Python's `float` reads the cells, a tenth of the
time of deciding and casting each in SQL. Within the bytes of `_ALPHABET` `float` accepts just what
the grammar accepts; a row with other bytes goes through the grammar cell by cell. Columns with a
cell that is no number are left to DuckDB, whole.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Sequence

import numpy as np

from chainrule.table.read.file_table import Array
from chainrule.table.read.grammar import LEADING_ZERO, MISSING, MISSING_NUMBER, NUMBER
from chainrule.table.read.text_file import TextFile

_ALPHABET = b"0123456789+-.eE"
_NUMBER = re.compile(NUMBER.encode())
_LEADING_ZERO = re.compile(LEADING_ZERO.encode())
_NAN = float("nan")


def read_plain_numbers(
    file: TextFile,
    delimiter: str,
    width: int,
    indices: Sequence[int],
    missing: Iterable[str],
    *,
    header: bool,
) -> dict[int, Array]:
    """The columns whose every cell is a number or missing.

    Parameters
    ----------
    file : TextFile
        Known to have `width` fields in every record.
    indices : sequence of int
        Columns to try.
    missing : iterable of str
        Tokens that mean missing, beside the usual ones.
    header : bool
        Whether the first line is no data.

    Returns
    -------
    dict of int to ndarray
        Index -> float64, NaN where missing. A column that is missing everywhere is not among them.
        Empty where quotes or lone carriage returns make lines something else than records.
    """
    mark = delimiter.encode()
    if file.n_quotes or file.n_cr or width < 2 or mark in _ALPHABET:
        return {}
    tokens = ("", *MISSING, *MISSING_NUMBER, *missing)
    cells_of = _Cells(mark, frozenset(token.encode() for token in tokens))
    good = list(indices)
    blocks: list[tuple[list[int], array[float]]] = [(good, array("d"))]
    with open(file.path, "rb") as lines:
        if header:
            next(lines)
        for line in lines:
            fields = line.rstrip(b"\r\n").split(mark)
            if fields == [b""]:
                continue  # a blank line is no record
            cells = [fields[index] for index in good]
            values = cells_of.numbers(cells)
            if values is None:
                slow = cells_of.one_by_one(cells)
                values = [value for value in slow if value is not None]
                if len(values) < len(slow):
                    pairs = zip(good, slow, strict=True)
                    good = [index for index, value in pairs if value is not None]
                    blocks.append((good, array("d")))
                if not good:
                    return {}
            blocks[-1][1].fromlist(values)
    return _columns(blocks, good)


def _columns(blocks: list[tuple[list[int], array[float]]], good: list[int]) -> dict[int, Array]:
    tables = [
        (np.frombuffer(values).reshape(-1, len(indices)), np.searchsorted(indices, good))
        for indices, values in blocks
        if values
    ]
    found: dict[int, Array] = {}
    if not tables:
        return found
    for position, index in enumerate(good):
        column = np.concatenate([rows[:, where[position]] for rows, where in tables])
        if not np.isinf(column).any() and not np.isnan(column).all():
            found[index] = column
    return found


class _Cells:
    """Numbers from the cells of a row."""

    def __init__(self, mark: bytes, missing: frozenset[bytes]) -> None:
        self._mark = mark
        self._missing = missing
        self._allowed = _ALPHABET + mark
        # A token such as -999 looks like a number.
        self._disguised = any(token and not token.translate(None, _ALPHABET) for token in missing)
        self._leading_zero = re.compile(
            re.escape(mark) + LEADING_ZERO.encode() + b"(?=" + re.escape(mark) + b")"
        )

    def numbers(self, cells: list[bytes]) -> list[float] | None:
        """All of them, NaN where missing; None where a closer look is needed."""
        text = self._mark.join([b"", *cells, b""])
        if self._disguised or self._mark * 2 in text or text.translate(None, self._allowed):
            cells = [b"nan" if cell in self._missing else cell for cell in cells]
            text = self._mark.join([b"", *cells, b""])
            if text.replace(b"nan", b"").translate(None, self._allowed) or (
                b"+nan" in text or b"-nan" in text
            ):
                return None
        if self._mark + b"0" in text and self._leading_zero.search(text):
            return None
        try:
            return list(map(float, cells))
        except ValueError:
            return None

    def one_by_one(self, cells: list[bytes]) -> list[float | None]:
        """Each by the grammar, None for what is no number."""
        return [
            _NAN
            if cell in self._missing
            else float(cell)
            if _NUMBER.fullmatch(cell) and not _LEADING_ZERO.fullmatch(cell)
            else None
            for cell in cells
        ]
