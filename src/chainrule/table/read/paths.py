"""Which files are read, and in which format."""

from __future__ import annotations

import glob as patterns
import os
from collections.abc import Sequence
from difflib import get_close_matches

from chainrule.errors import TableFileError

STDIN = "-"
_STANDARD_INPUT = (STDIN, "/dev/stdin")

_FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
}


def find_paths(source: str | os.PathLike[str] | Sequence[str], glob: bool) -> list[str]:
    """The files that `source` names, as absolute paths that may be read; "-" is standard input.

    Raises `TableFileError` where there is none, with the nearest name as the hint.
    """
    sources = [os.fspath(source)] if isinstance(source, str | os.PathLike) else list(source)
    if not sources:
        raise TableFileError("there is nothing to read.", "Name a file or give a query.")
    found: list[str] = []
    for entry in sources:
        if glob and entry != STDIN:
            there = sorted(patterns.glob(entry))
            if not there:
                raise TableFileError(
                    f"no file matches the pattern {entry!r}.", "Leave --glob out if it is a name."
                )
            found += [_checked(path) for path in there]
        else:
            found.append(STDIN if entry in _STANDARD_INPUT else _checked(entry))
    return found


def _checked(path: str) -> str:
    name = os.path.basename(path) or path
    if "\0" in path or not os.path.exists(path):
        folder = os.path.dirname(path) or "."
        there = os.listdir(folder) if os.path.isdir(folder) else []
        near = get_close_matches(name, there, n=1)
        hint = f"Did you mean {os.path.join(os.path.dirname(path), near[0])!r}?" if near else ""
        if not near and any(mark in path for mark in "*?["):
            hint = "Say --glob if it is a pattern."
        raise TableFileError(f"the file {path!r} does not exist.", hint)
    if os.path.isdir(path):
        raise TableFileError(f"{path!r} is a folder.", "Name a file in it, or say --glob.")
    if not os.access(path, os.R_OK):
        raise TableFileError(
            f"the file {path!r} cannot be read: permission denied.", "Ask its owner."
        )
    return os.path.abspath(path)


def format_of(path: str) -> str:
    """The format that a file's ending says, "csv" where it says none."""
    return _FORMATS.get(os.path.splitext(path)[1].lower(), "csv")
