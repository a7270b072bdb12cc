"""Where the cells of a text file lie, found in all of its bytes.

The separators of a file, its delimiters and line ends outside of quotes, must stand in one rhythm:
as many delimiters in every record as in the first. DuckDB, which parses the cells, is more
forgiving: it takes empty fields too many at the end of a line, 1_000 for a number, and 007 for 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from chainrule.table.read.file_table import Array
from chainrule.table.read.text_file import TextFile

_BLOCK = 1 << 24  # bytes
_QUOTE, _ZERO, _NINE, _UNDERSCORE, _CR, _LF = b'"09_\r\n'


@dataclass
class Layout:
    """What the bytes say.

    Attributes
    ----------
    width : int
        Fields of the first record.
    n_records : int
        Records that are not blank, the header among them.
    is_regular : bool
        Whether every record has `width` fields, or one empty field more in each after the header.
    no_numbers : set of int
        Columns with a cell such as 007 or 1_000, which is no number though DuckDB reads one.
    """

    width: int
    n_records: int = 0
    is_regular: bool = True
    no_numbers: set[int] = field(default_factory=set)
    _n_trailing: int = 0

    def add(self, block: Array, mark: int, line_end: int) -> None:
        """Take in whole records."""
        is_end = block == line_end
        separators = is_end | (block == mark)
        quotes = block == _QUOTE
        if quotes.any():
            separators &= ~np.bitwise_xor.accumulate(quotes)
        places = np.flatnonzero(separators)
        ends = is_end[places]
        starts = np.empty_like(places)
        starts[0], starts[1:] = 0, places[:-1] + 1
        if self.width > 1:
            kept = ~(ends & _at_line_start(ends) & _is_empty(block, starts, places))
            if not kept.all():
                places, ends, starts = places[kept], ends[kept], starts[kept]
        last = np.flatnonzero(ends)
        self.n_records += len(last)
        columns = self._columns(block, starts, places, ends, last)
        if self.is_regular:
            self._find_no_numbers(block, starts, columns)

    def _columns(
        self, block: Array, starts: Array, places: Array, ends: Array, last: Array
    ) -> Array:
        """The column of each cell; notes where the rhythm breaks."""
        width = self.width
        if len(places) == width * len(last) and bool(ends[width - 1 :: width].all()):
            return np.arange(len(places)) % width
        counts = np.diff(last, prepend=-1)
        trailing = (counts == width + 1) & _is_empty(block, starts[last], places[last])
        self._n_trailing += int(np.count_nonzero(trailing))
        self.is_regular &= bool((trailing | (counts == width)).all())
        return np.asarray(np.arange(len(places)) - np.repeat(last - counts + 1, counts))

    def _find_no_numbers(self, block: Array, starts: Array, columns: Array) -> None:
        padded = np.concatenate([block, np.zeros(3, np.uint8)])
        first = np.where(padded[starts] == _QUOTE, starts + 1, starts)
        zeros = np.flatnonzero(padded[first] == _ZERO)
        digits = zeros[_is_digit(padded[first[zeros] + 1])]
        self.no_numbers |= set(np.unique(columns[digits]).tolist())
        marks = np.flatnonzero(block[1:-1] == _UNDERSCORE) + 1
        marks = marks[_is_digit(block[marks - 1]) & _is_digit(block[marks + 1])]
        cells = np.searchsorted(starts, marks, side="right") - 1
        self.no_numbers |= set(np.unique(columns[cells]).tolist())

    def finished(self, *, header: bool) -> Layout:
        """Itself, after the last record."""
        if self._n_trailing and self._n_trailing != self.n_records - header:
            self.is_regular = False
        return self


def lay_out(file: TextFile, delimiter: str, width: int, *, header: bool) -> Layout:
    """Find the cells of all records.

    Parameters
    ----------
    file : TextFile
    delimiter : str
    width : int
        Fields of the first record.
    header : bool
        Whether the first record is no data.
    """
    found = Layout(width)
    line_end = _CR if file.n_cr and not file.n_lf + file.n_crlf else _LF
    for block in _records(file, line_end):
        found.add(block, ord(delimiter), line_end)
    return found.finished(header=header)


def _records(file: TextFile, line_end: int) -> Iterator[Array]:
    """Blocks of whole records, each with its line end; the last one gets one if it has none."""
    rest = b""
    size = _BLOCK
    with open(file.path, "rb") as source:
        source.seek(file.n_mark)
        while data := source.read(size):
            rest += data
            block = np.frombuffer(rest, np.uint8)
            cut = _end_of_records(block, line_end, file.n_quotes > 0)
            if cut:
                yield block[:cut]
                rest = rest[cut:]
            else:
                size *= 2  # a record longer than a block
    if rest.strip(b"\r\n"):
        yield np.frombuffer(rest + bytes([line_end]), np.uint8)


def _end_of_records(block: Array, line_end: int, has_quotes: bool) -> int:
    """How many bytes of a block, which begins with a record, are whole records."""
    ends = block == line_end
    if has_quotes:
        ends &= ~np.bitwise_xor.accumulate(block == _QUOTE)
    found = np.flatnonzero(ends[-65536:])
    if len(found):
        return len(block) - min(len(block), 65536) + int(found[-1]) + 1
    found = np.flatnonzero(ends)
    return int(found[-1]) + 1 if len(found) else 0


def _at_line_start(ends: Array) -> Array:
    before = np.empty_like(ends)
    before[0], before[1:] = True, ends[:-1]
    return before


def _is_empty(block: Array, starts: Array, places: Array) -> Array:
    """Whether cells have no character, a carriage return before the line end left aside."""
    length = places - starts
    return np.asarray((length == 0) | ((length == 1) & (block[starts] == _CR)))


def _is_digit(values: Array) -> Array:
    return np.asarray((values >= _ZERO) & (values <= _NINE))
