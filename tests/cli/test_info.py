"""`chainrule info`: what a model file holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_info(cli: Any, trained: Path) -> None:
    run = cli("info", trained)
    assert run.code == 0
    assert "target: species" in run.out
    assert "island" in run.out
    found = json.loads(cli("info", trained, "--json").out)
    assert found["kind"] == "tabular_classifier"
    assert found["x-table"]["target"] == "species"
