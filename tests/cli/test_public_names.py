"""The command line, the plots and the report use public names only: whatever they need has one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import chainrule

ROOT = Path(chainrule.__file__).parent
PRIVATE = re.compile(r"(?<!\bself)(?<!\bcls)\._[a-z]\w*|\bimport _\w+")


@pytest.mark.parametrize("room", ["cli", "plots", "report"])
def test_no_private_name_of_another_object(room: str) -> None:
    files = sorted((ROOT / room).glob("**/*.py"))
    assert files
    found = [
        f"{file.name}:{number}: {line.strip()}"
        for file in files
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1)
        if PRIVATE.search(line)
    ]
    assert not found
