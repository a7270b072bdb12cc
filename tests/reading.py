"""Tables written to a file and read back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chainrule.table.read import read_table

PENGUINS = Path(__file__).parents[1] / "examples" / "penguins.csv"


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def read(folder: Path, content: str | bytes, name: str = "t.csv", **options: Any) -> Any:
    return read_table(write(folder, content, name), **options)


def kinds(table: Any) -> dict[str, str]:
    return {column.name: column.kind for column in table.report.columns}
