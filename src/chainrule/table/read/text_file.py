"""A text file before it is a table: its encoding, its line ends, and where its records start."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from chainrule.errors import TableFileError

_CHUNK = 1 << 20
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SEP_LINE = re.compile(rb"sep=(.)\r?\n")  # Excel's own first line
# First bytes of files that people take for CSV.
_FOREIGN = {
    b"PK\x03\x04": "a zip archive or an Excel workbook; give it the ending .zip or .xlsx",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV or .xlsx",
    b"\x1f\x8b": "compressed with gzip; give it the ending .gz",
    b"(\xb5/\xfd": "compressed with zstd; give it the ending .zst",
    b"PAR1": "a Parquet file; give it the ending .parquet",
    b"%PDF": "a PDF document",
    b"SQLite format 3": "an SQLite database; give it the ending .sqlite",
    b"+/v": "in the old encoding UTF-7; say --encoding utf-7",
    "ï»¿".encode(): "UTF-8 that was taken for another encoding and saved again; save it anew "
    "from its source, as UTF-8",
}


@dataclass(frozen=True)
class TextFile:
    """A file that is valid UTF-8 without NUL bytes.

    Attributes
    ----------
    name : str
        What messages call the file.
    path : str
        Where its UTF-8 text lies: the file itself, or a copy when it was encoded otherwise.
    n_lf, n_crlf, n_cr : int
        Line ends of each kind: "\\n" alone, "\\r\\n", "\\r" alone.
    n_quotes : int
    n_mark : int
        Bytes of the mark that says that it is UTF-8, 0 or 3.
    is_open : bool
        Whether the last line has no line end.
    first_line : int
        The line that is the first of the table.
    """

    name: str
    path: str
    n_lf: int
    n_crlf: int
    n_cr: int
    n_quotes: int
    n_mark: int = 0
    is_open: bool = False
    first_line: int = 1

    @property
    def n_line_ends(self) -> int:
        """Physical line ends, whatever their kind."""
        return self.n_lf + self.n_crlf + self.n_cr

    def records(self) -> Iterator[tuple[int, str]]:
        """Each record as (number of its first line, text); quoted line ends belong to a record."""
        start, held, is_open = self.first_line, [], False
        # newline="" keeps the line ends, and splits at each of the three kinds.
        with open(self.path, encoding="utf-8-sig", newline="") as lines:
            for number, line in enumerate(lines, start=start):
                held.append(line)
                is_open ^= line.count('"') % 2 == 1
                if not is_open:
                    yield start, "".join(held).rstrip("\r\n")
                    start, held = number + 1, []
        if held:
            yield start, "".join(held)

    def first_record(self) -> str:
        """The text of the first record, "" when the file has none."""
        return next((text for _, text in islice(self.records(), 1)), "")

    def n_blank_lines(self) -> int:
        """Records without a character."""
        return sum(not text for _, text in self.records())

    def line_numbers(self, n_records: int, *, blank_counts: bool) -> NDArray[np.int64]:
        """The first line of each of `n_records`; blank lines are none unless `blank_counts`."""
        if self.n_line_ends in (n_records, n_records - 1):
            return np.arange(self.first_line, self.first_line + n_records)
        starts = (start for start, text in self.records() if text or blank_counts)
        return np.fromiter(starts, dtype=np.int64)[:n_records]


def fields_of(record: str, delimiter: str) -> list[str]:
    """The fields of one record; a record with a quote that never closes is one field.

    A blank between a delimiter and a quote belongs to neither, and stays to tell of it.
    """
    fields = _parsed(record, delimiter)
    if any(field.startswith(' "') for field in fields[1:]):
        first, *rest = _parsed(record, delimiter, skipinitialspace=True)
        return [first, *(f" {field}" for field in rest)]
    return fields


def _parsed(record: str, delimiter: str, *, skipinitialspace: bool = False) -> list[str]:
    lines = io.StringIO(record, newline="")
    try:
        return next(
            csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=skipinitialspace)
        )
    except (csv.Error, StopIteration):
        return [record]


def open_text(path: str, name: str, encoding: str | None, folder: str) -> TextFile:
    """Check a text file once from end to end.

    Parameters
    ----------
    path, name : str
        The file, and what messages call it.
    encoding : str or None
        A Python codec's name; None is UTF-8, or UTF-16 where the file starts with its mark.
    folder : str
        Where a UTF-8 copy is written when the file is encoded otherwise.

    Raises
    ------
    TableFileError
        For an empty file, a file that is no text, an unknown encoding, bytes that are not of the
        encoding, and NUL bytes, with the line.
    """
    with open(path, "rb") as file:
        head = file.read(16)
    if not head:
        raise TableFileError(f"{name} is empty.", "It needs a header and at least one row.")
    for magic, what in _FOREIGN.items():
        if head.startswith(magic):
            raise TableFileError(f"{name} is {what}.", "A file is read as what its ending says.")
    if encoding is None and head.startswith(_UTF16):
        encoding = "utf-16"
    if encoding is not None and _codec(encoding) != "utf-8":
        path = _to_utf8(path, name, encoding, folder)
    first_line = 1
    n_marks, sep_line = _prelude(path)
    if n_marks > 1 or sep_line:
        path = _without_prelude(path, n_marks, sep_line, folder)
        first_line += bool(sep_line)
    return replace(_scan(path, name), first_line=first_line)


def _prelude(path: str) -> tuple[int, bytes]:
    """How many marks of UTF-8 a file begins with, and Excel's line "sep=;" behind them."""
    with open(path, "rb") as file:
        head = file.read(64)
    n_marks = 0
    while head.startswith(codecs.BOM_UTF8):
        head, n_marks = head[len(codecs.BOM_UTF8) :], n_marks + 1
    found = _SEP_LINE.match(head)
    return n_marks, found[0] if found else b""


def _without_prelude(path: str, n_marks: int, sep_line: bytes, folder: str) -> str:
    copy = copy_path(folder)
    with open(path, "rb") as source, open(copy, "wb") as target:
        source.seek(n_marks * len(codecs.BOM_UTF8) + len(sep_line))
        shutil.copyfileobj(source, target, _CHUNK)
    return copy


def copy_path(folder: str, ending: str = ".csv") -> str:
    """The path of a new file in a folder of copies."""
    return os.path.join(folder, f"{len(os.listdir(folder))}{ending}")


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise TableFileError(
            f"the encoding {encoding!r} is unknown.", "Use utf-8, utf-16, cp1252 or latin-1."
        ) from None


def _to_utf8(path: str, name: str, encoding: str, folder: str) -> str:
    copy = copy_path(folder)
    try:
        with (
            open(path, encoding=encoding, newline="") as source,
            open(copy, "w", encoding="utf-8", newline="") as target,
        ):
            shutil.copyfileobj(source, target, _CHUNK)
    except UnicodeError as error:
        raise TableFileError(
            f"{name} is not text in the encoding {encoding} ({error}).",
            "Say another --encoding, such as utf-8 or cp1252.",
        ) from None
    return copy


def _scan(path: str, name: str) -> TextFile:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    n_lf = n_crlf = n_cr = n_quotes = 0
    tail = b""
    with open(path, "rb") as file:
        n_mark = len(codecs.BOM_UTF8) * (file.read(3) == codecs.BOM_UTF8)
        file.seek(0)
        last = b"\n"
        while True:
            chunk = file.read(_CHUNK)
            last = chunk[-1:] or last
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line = n_lf + n_crlf + n_cr + 1 + _line_ends(error.object[: error.start])
                raise TableFileError(
                    f"{name}, line {line} is not UTF-8: it holds the byte "
                    f"0x{error.object[error.start]:02x}.",
                    "Say how the file is encoded, for example --encoding cp1252.",
                ) from None
            if not chunk:
                break
            if b"\0" in chunk:
                line = n_lf + n_crlf + n_cr + 1 + _line_ends(chunk[: chunk.index(b"\0")])
                raise TableFileError(f"{name}, line {line} holds a NUL byte.", _why_nul(chunk))
            # A "\r\n" cut in two by the chunk counts once: its "\r" was kept back as the tail.
            text = tail + chunk
            tail = b"\r" if text.endswith(b"\r") else b""
            text = text[: len(text) - len(tail)]
            n_quotes += chunk.count(b'"')
            crlf = text.count(b"\r\n")
            n_crlf += crlf
            n_lf += text.count(b"\n") - crlf
            n_cr += text.count(b"\r") - crlf
    is_open = last not in b"\r\n"
    return TextFile(name, path, n_lf, n_crlf, n_cr + len(tail), n_quotes, n_mark, is_open)


def _why_nul(chunk: bytes) -> str:
    """What a person may do about NUL bytes: in UTF-16 every other byte of Latin text is one."""
    for encoding, nuls, others in (("utf-16-le", 1, 0), ("utf-16-be", 0, 1)):
        pairs = chunk[: len(chunk) // 2 * 2]
        if pairs and not any(pairs[nuls::2]) and all(pairs[others::2]):
            return f"It looks like UTF-16 without its mark: say --encoding {encoding}."
    return "The file is damaged or no text; write it again from its source."


def _line_ends(text: bytes) -> int:
    return text.count(b"\n") + text.count(b"\r") - text.count(b"\r\n")
