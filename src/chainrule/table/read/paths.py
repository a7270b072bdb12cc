"""Which files are read, and in which format."""

from __future__ import annotations

import glob as patterns
import os
from collections.abc import Sequence
from difflib import get_close_matches

from chainrule.errors import TableFileError

_FORMATS = {
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "json",
    ".ndjson": "json",
}


def find_paths(source: str, glob: bool) -> list[str]:
    """The files that `source` names, as absolute paths, each a regular file that may be read.

    Raises `TableFileError` where there is none, with the nearest name as the hint.
    """
    if glob and (found := sorted(patterns.glob(source))):
        return [_checked(path) for path in found]
    if glob:
        raise TableFileError(f"no file matches the pattern {source!r}.")
    return [_checked(source)]


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
    if not os.path.isfile(path):
        raise TableFileError(f"{path!r} is no regular file.", "Save its content to a file first.")
    if not os.access(path, os.R_OK):
        raise TableFileError(f"the file {path!r} cannot be read: permission denied.")
    return os.path.abspath(path)


def format_of(paths: Sequence[str]) -> str:
    """The one format of all files, "csv" where no ending says another; "sql" without a file.

    Raises `TableFileError` where there are several.
    """
    found = {_FORMATS.get(os.path.splitext(path)[1].lower(), "csv") for path in paths}
    if len(found) > 1:
        raise TableFileError("files read together need one format.")
    return found.pop() if found else "sql"
