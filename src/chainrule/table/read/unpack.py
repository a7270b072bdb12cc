"""Sources that DuckDB does not read as they are, as files in a folder of copies.

Compressed files, standard input and other streams; of workbooks and databases one table each.
"""

from __future__ import annotations

import importlib
import os
import shutil
import sys
from dataclasses import dataclass
from typing import Any

from chainrule.errors import TableFileError
from chainrule.table.read.connection import Connection, exact_path
from chainrule.table.read.containers import CONTAINERS, Container
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
    found = opened(connection, path)
    if isinstance(found, Container):
        return table_of(found, found.chosen(table))
    if table is not None:
        raise TableFileError(
            f"{found.name} is no workbook and no database, and has no table {table!r}.",
            "Leave --table out.",
        )
    return found


def table_of(container: Container, table: str) -> SourceFile:
    """A sheet of a workbook or a table of a database as a file."""
    return SourceFile(container.as_csv(table), container.name, "csv")


def opened(connection: Connection, path: str) -> SourceFile | Container:
    """A source without what it is packed in; `TableFileError` for a damaged one."""
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
    if format_ in CONTAINERS:
        return CONTAINERS[format_](path, name, connection.folder)
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
