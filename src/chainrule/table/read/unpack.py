"""Sources that DuckDB does not read as they are, as files in a folder of copies.

Compressed files, standard input and other streams, Excel workbooks and SQLite databases; the last
two become CSV, whose grammar then says what their columns hold.
"""

from __future__ import annotations

import csv
import datetime
import importlib
import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chainrule.errors import ChainruleError, TableFileError
from chainrule.table.read.connection import Connection, exact_path
from chainrule.table.read.paths import STDIN, format_of
from chainrule.table.read.text_file import copy_path

# Loaded when a file needs them.
_MODULES = {".gz": "gzip", ".bz2": "bz2", ".xz": "lzma"}
# Where the shell puts what it opened itself, as in <(command).
_OPEN_STREAMS = ("/dev/fd/", "/proc/")
# First bytes of what may come through a stream.
_MAGIC = {b"\x1f\x8b": ".gz", b"(\xb5/\xfd": ".zst", b"BZh": ".bz2", b"\xfd7zXZ": ".xz"}
_CONTENT = {b"PAR1": ".parquet", b"SQLite format 3\0": ".sqlite", b"{": ".json", b"[": ".json"}


@dataclass(frozen=True)
class SourceFile:
    """A file that can be read.

    Attributes
    ----------
    path : str
    name : str
        What messages call it.
    format : str
        "csv", "parquet" or "json".
    """

    path: str
    name: str
    format: str


def unpack(connection: Connection, path: str, table: str | None) -> SourceFile:
    """A source as a file of one of the three formats.

    Parameters
    ----------
    connection : Connection
        In whose folder copies are made.
    path : str
        Absolute, or "-" for standard input.
    table : str or None
        Which sheet of a workbook or table of a database is meant.

    Raises
    ------
    TableFileError
        For a file that is damaged or has nothing to read.
    """
    name = os.path.basename(path) or path
    if path == STDIN:
        path, name = _from_stream(sys.stdin.buffer, connection.folder), "standard input"
        name_now = path
    elif not os.path.isfile(path):
        if not path.startswith(_OPEN_STREAMS):  # a named pipe would wait for its writer for ever
            raise TableFileError(
                f"'{name}' is no regular file.", f"Send it to standard input: ... - < {name}"
            )
        with open(path, "rb") as stream:
            path = _from_stream(stream, connection.folder)
        name_now = path
    else:
        name_now = name
    ending = os.path.splitext(name_now)[1].lower()
    if ending in _MODULES or ending in (".zst", ".zip"):
        path, name_now = _decompressed(connection, path, name, name_now, ending)
    format_ = format_of(name_now)
    if format_ in ("excel", "sqlite"):
        _check_content(path, name, format_)
    if format_ == "excel":
        return SourceFile(_from_excel(path, name, table, connection.folder), name, "csv")
    if format_ == "sqlite":
        return SourceFile(_from_sqlite(path, name, table, connection.folder), name, "csv")
    if table is not None:
        raise TableFileError(
            f"{name} is no workbook and no database, and has no table {table!r}.",
            "Leave --table out.",
        )
    return SourceFile(path, name, format_)


def _from_stream(stream: Any, folder: str) -> str:
    """A stream as a file whose ending says what it holds."""
    copy = copy_path(folder, ".csv")
    with open(copy, "wb") as target:
        shutil.copyfileobj(stream, target, 1 << 20)
    with open(copy, "rb") as file:
        head = file.read(64)
    known = {**_MAGIC, **_CONTENT}
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    ending = next((end for magic, end in known.items() if text.startswith(magic)), None)
    if ending is None:
        return copy
    os.replace(copy, copy + ending)
    return copy + ending


def _decompressed(
    connection: Connection, path: str, name: str, name_now: str, ending: str
) -> tuple[str, str]:
    """(path, name) of the content of a compressed file."""
    inner = os.path.splitext(name_now)[0]
    try:
        if ending == ".zip":
            return _from_zip(path, name, connection.folder)
        copy = copy_path(connection.folder, os.path.splitext(inner)[1] or ".csv")
        if ending == ".zst":
            _from_zstd(connection, path, copy)
            return copy, copy
        opener = importlib.import_module(_MODULES[ending]).open
        with opener(path, "rb") as source, open(copy, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except TableFileError:
        raise
    except Exception as error:  # every packer has errors of its own
        raise TableFileError(
            f"{name} cannot be unpacked: {' '.join(str(error).split())[:120]}.",
            "The file is damaged, or its ending says something else than its content.",
        ) from None
    return copy, copy


def _from_zip(path: str, name: str, folder: str) -> tuple[str, str]:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        members = [
            member
            for member in archive.namelist()
            if not member.endswith("/") and not member.startswith("__MACOSX")
        ]
        if len(members) != 1:
            raise TableFileError(
                f"{name} holds {len(members)} files.", "Unpack it and name the ones to read."
            )
        copy = copy_path(folder, os.path.splitext(members[0])[1] or ".csv")
        with archive.open(members[0]) as source, open(copy, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
    return copy, copy


def _from_zstd(connection: Connection, path: str, copy: str) -> None:
    """Unpack by DuckDB: its bytes as one column of lines that nothing splits or quotes."""
    lines = (
        f"SELECT line FROM read_csv({exact_path(path)}, auto_detect=false, header=false, "
        "columns={'line': 'VARCHAR'}, delim='\x1d', quote='', escape='', comment='', skip=0, "
        "nullstr='\x1c\x1c', compression='zstd', strict_mode=false, max_line_size=134217728)"
    )
    with open(copy, "w", encoding="utf-8", newline="") as target:
        for (line,) in connection.stream(lines):
            target.write(f"{line or ''}\n")


def _check_content(path: str, name: str, format_: str) -> None:
    magic = {"excel": b"PK\x03\x04", "sqlite": b"SQLite format 3\0"}[format_]
    with open(path, "rb") as file:
        if file.read(len(magic)) != magic:
            noun = {"excel": "Excel workbook", "sqlite": "SQLite database"}[format_]
            raise TableFileError(f"{name} is no {noun}, though its ending says so.")


def _from_excel(path: str, name: str, table: str | None, folder: str) -> str:
    try:
        import openpyxl
    except ImportError:
        raise ChainruleError(
            "reading an Excel workbook needs the package openpyxl, which is not installed.",
            'Install it with: pip install "chainrule[excel]"',
        ) from None
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # a damaged archive fails in many ways
        raise TableFileError(f"{name} cannot be opened: {str(error)[:120]}.") from None
    try:
        sheet = book[_chosen(name, "sheet", book.sheetnames, table, take_first=True)]
        rows = ([_cell(cell) for cell in row] for row in sheet.iter_rows(values_only=True))
        return _as_csv(_trimmed(rows), folder)
    finally:
        book.close()


def _from_sqlite(path: str, name: str, table: str | None, folder: str) -> str:
    import sqlite3

    try:
        base = sqlite3.connect(f"file:{_quoted_uri(path)}?mode=ro&immutable=1", uri=True)
        try:
            found = base.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') "
                "AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
            )
            chosen = _chosen(name, "table", [row[0] for row in found], table, take_first=False)
            identifier = chosen.replace('"', '""')
            rows = base.execute(f'SELECT * FROM "{identifier}"')
            header = [column[0] for column in rows.description]
            return _as_csv([header, *([_cell(cell) for cell in row] for row in rows)], folder)
        finally:
            base.close()
    except sqlite3.Error as error:
        raise TableFileError(f"{name} cannot be read: {error}.") from None


def _quoted_uri(path: str) -> str:
    from urllib.parse import quote

    return quote(path)


def _chosen(
    name: str, noun: str, names: Sequence[str], wanted: str | None, *, take_first: bool
) -> str:
    if wanted is not None:
        if wanted in names:
            return wanted
        raise TableFileError(
            f"{name} has no {noun} {wanted!r}.", f"It has: {', '.join(names[:8]) or 'none'}."
        )
    if not names:
        raise TableFileError(f"{name} has no {noun}.")
    if len(names) > 1 and not take_first:
        raise TableFileError(
            f"{name} has {len(names)} {noun}s: {', '.join(names[:8])}.",
            f"Say which one with --table {names[0]}.",
        )
    return names[0]


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
