"""A CSV file in pieces, as they come: for tables that are larger than memory, or never end."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from chainrule.errors import DataError

_MOST_BYTES = 1 << 22  # of a piece
_PAUSE = 0.05  # seconds of silence after which a piece is answered


def pieces(path: str) -> Iterator[tuple[str, int]]:
    """Files with the header and some whole records each, and the line of `path` at which their
    records begin; every file is gone when the next is made.

    Parameters
    ----------
    path : str
        "-" is standard input.

    Raises
    ------
    DataError
        Where it is no text.
    """
    number = sys.stdin.fileno() if path == "-" else os.open(path, os.O_RDONLY)
    try:
        with TemporaryDirectory() as folder:
            header, line = b"", 1
            for records in _records(number):
                if not header:
                    cut = _end_of_record(records)
                    header, records = records[:cut], records[cut:]
                    line = 1 + header.count(b"\n")
                file = Path(folder, "piece.csv")
                file.write_bytes(header + records)
                yield str(file), line
                file.unlink()
                line += records.count(b"\n")
    finally:
        if path != "-":
            os.close(number)


def _records(number: int) -> Iterator[bytes]:
    """Whole records, as many as are there."""
    rest, ended, first = b"", False, True
    while not ended:
        while len(rest) < _MOST_BYTES:
            part = os.read(number, _MOST_BYTES)
            if not part:
                ended = True
                break
            rest += part
            if b"\0" in part:
                raise DataError(
                    "--stream takes text such as CSV, and this is none.", "Leave --stream out."
                )
            if not _is_waiting(number) and _last_end(rest) > (_end_of_record(rest) if first else 0):
                break
        cut = len(rest) if ended else _last_end(rest)
        if cut:
            yield rest[:cut]
            rest, first = rest[cut:], False


def _is_waiting(number: int) -> bool:
    """Whether there is more to read at once; where that cannot be asked, there is."""
    with suppress(OSError, ValueError):
        return bool(select.select([number], [], [], _PAUSE)[0])
    return True


def _end_of_record(text: bytes) -> int:
    """Where the first record ends: after a line that closes its quotes; the whole of none."""
    at = 0
    while (at := text.find(b"\n", at) + 1) > 0:
        if text[:at].count(b'"') % 2 == 0:
            return at
    return len(text)


def _last_end(text: bytes) -> int:
    """Where the last whole record ends; 0 where there is none."""
    is_open = text.count(b'"') % 2 == 1
    at = len(text)
    while (end := text.rfind(b"\n", 0, at)) >= 0:
        after = text.count(b'"', end, at)
        is_open ^= bool(after % 2)
        if not is_open:
            return end + 1
        at = end
    return 0
