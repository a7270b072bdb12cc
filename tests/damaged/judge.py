"""What becomes of a damaged file, against its truth."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from chainrule.errors import TableFileError
from chainrule.table.read import FileTable, read_table
from damaged.grid import Damaged, Grid


@dataclass
class Verdict:
    """What became of a file: "right", "told", "refused", or "wrong"; and why."""

    outcome: str
    why: str = ""


def judge(folder: Path, damaged: Damaged) -> Verdict:
    """Read a file, and compare with its truth."""
    path = folder / f"t{damaged.ending}"
    path.write_bytes(damaged.content)
    try:
        table = read_table(path)
    except TableFileError as error:
        return _of_refusal(error, path.name)
    wrong = differences(table, damaged.grid)
    notices = " ".join(table.report.notices)
    if damaged.must_refuse:
        return Verdict("wrong", f"read, with {notices or 'no notice'}")
    if not wrong:
        return Verdict("right")
    told = all(f"{name!r}" in notices for name in wrong) or "in any column" in notices
    return Verdict("told" if told else "wrong", f"{wrong}; notices: {notices or 'none'}")


def _of_refusal(error: TableFileError, name: str) -> Verdict:
    """A refusal names the file and what to do."""
    if "DuckDB could not" in error.message:
        return Verdict("wrong", f"a refusal in foreign words: {error}")
    if name not in error.message and "column" not in error.message:
        return Verdict("wrong", f"a refusal without a place: {error}")
    if not error.hint and "; " not in error.message:
        return Verdict("wrong", f"a refusal without a remedy: {error}")
    return Verdict("refused", str(error))


def differences(table: FileTable, grid: Grid) -> list[str]:
    """The columns that are not as in truth."""
    if set(table) != set(grid.truth):
        return sorted(set(table) ^ set(grid.truth))
    return [name for name, truth in grid.truth.items() if not _is_same(table[name], truth)]


def _is_same(values: np.ndarray, truth: list[object]) -> bool:
    if len(values) != len(truth):
        return False
    found = values if values.dtype.kind == "M" else values.tolist()
    return all(_is_one(a, b) for a, b in zip(found, truth, strict=True))


def _is_one(found: object, truth: object) -> bool:
    if isinstance(truth, np.datetime64):
        return isinstance(found, np.datetime64) and found == truth
    if isinstance(truth, float) and truth != truth:
        return found is None or (isinstance(found, float) and found != found)
    return type(found) is type(truth) and found == truth
