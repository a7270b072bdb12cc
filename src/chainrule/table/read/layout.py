"""Where the cells of a text file lie, found in all of its bytes.

The separators of a file, its delimiters and line ends outside of quotes, must stand in one rhythm:
as many delimiters in every record as in the first. DuckDB, which parses the cells, is more
forgiving: it takes empty fields too many at the end of a line, 1_000 for a number, and 007 for 7,
and drops the quotes of "a" "b".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from chainrule.table.read.file_table import Array
from chainrule.table.read.text_file import TextFile

_BLOCK = 1 << 22  # bytes
_QUOTE, _ZERO, _NINE, _UNDERSCORE, _CR, _LF, _SPACE, _TAB = b'"09_\r\n \t'


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
        has_quotes = bool(quotes.any())
        if has_quotes:
            outside = ~np.bitwise_xor.accumulate(quotes)
            separators &= outside
            is_end &= outside
            self.is_regular &= not _has_text_behind_quotes(
                block, np.flatnonzero(quotes), separators
            )
        places = np.flatnonzero(separators)
        ends = np.flatnonzero(is_end)
        last = np.searchsorted(places, ends)  # of each record, the index of its last separator
        counts = np.diff(last, prepend=-1)
        self.n_records += len(last)
        if not len(last):  # a quote that never closes
            self.is_regular = False
            return
        if len(places) != self.width * len(last) or not (counts == self.width).all():
            self._find_rhythm(block, places, last, counts)
        if self.is_regular:
            self._find_no_numbers(
                block, separators | quotes if has_quotes else separators, places, last
            )

    def _find_rhythm(self, block: Array, places: Array, last: Array, counts: Array) -> None:
        """Blank records are none; a delimiter at the end of every record makes no field."""
        starts = np.where(last > 0, places[np.maximum(last - 1, 0)] + 1, 0)
        is_empty = _is_empty(block, starts, places[last])
        blank = (counts == 1) & is_empty & (self.width > 1)
        trailing = (counts == self.width + 1) & is_empty
        self.n_records -= int(np.count_nonzero(blank))
        self._n_trailing += int(np.count_nonzero(trailing))
        self.is_regular &= bool((blank | trailing | (counts == self.width)).all())

    def _find_no_numbers(self, block: Array, edges: Array, places: Array, last: Array) -> None:
        """Cells that begin with 0 and a digit, or have an underscore between digits."""
        digits = (block >= _ZERO) & (block <= _NINE)
        zeros = block[1:-1] == _ZERO
        zeros &= edges[:-2]
        zeros &= digits[2:]
        found = [np.flatnonzero(zeros) + 1]
        if len(block) > 1 and block[0] == _ZERO and digits[1]:
            found.append(np.zeros(1, np.intp))
        marks = block[1:-1] == _UNDERSCORE
        if marks.any():
            found.append(np.flatnonzero(marks & digits[:-2] & digits[2:]) + 1)
        cells = np.searchsorted(places, np.concatenate(found))
        records = np.searchsorted(last, cells)
        starts = np.where(records > 0, last[np.maximum(records - 1, 0)] + 1, 0)
        self.no_numbers |= set(np.unique(cells - starts).tolist())

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


def _has_text_behind_quotes(block: Array, places: Array, separators: Array) -> bool:
    """Whether a field that begins with a quote goes on behind its closing one.

    Parameters
    ----------
    block : ndarray of uint8
    places : ndarray of int
        Of the quotes.
    separators : ndarray of bool
        Which bytes end a field.
    """
    opening, closing = places[: len(places) // 2 * 2 : 2], places[1::2]
    if not len(opening):
        return False
    opens_field = separators[np.maximum(opening - 1, 0)] | (opening == 0)
    continues = np.append(False, opening[1:] == closing[:-1] + 1)  # "" is a quote within
    first = np.flatnonzero(~continues)
    last = np.append(first[1:], len(opening)) - 1
    behind = closing[last][opens_field[first]] + 1
    behind = behind[behind < len(block)]
    behind = behind[~separators[behind] & (block[behind] != _CR)]
    while len(blank := behind[np.isin(block[behind], (_SPACE, _TAB))]):
        if len(blank) < len(behind):
            return True
        behind = blank[blank + 1 < len(block)] + 1
        behind = behind[~separators[behind] & (block[behind] != _CR)]
    return len(behind) > 0


def _is_empty(block: Array, starts: Array, places: Array) -> Array:
    """Whether cells have no character, a carriage return before the line end left aside."""
    length = places - starts
    return np.asarray((length == 0) | ((length == 1) & (block[starts] == _CR)))
