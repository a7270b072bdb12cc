"""Every refusal of a file says what to do about it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import chainrule.table.read

FILES = sorted(Path(chainrule.table.read.__file__).parent.rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_refusal_has_a_remedy(path: Path) -> None:
    calls = [
        node
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "TableFileError"
    ]
    assert [call.lineno for call in calls if len(call.args) < 2] == []
