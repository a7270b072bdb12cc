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


def test_what_of_the_data_lies_in_the_file(cli: Any, trained: Path) -> None:
    """Every entry beside the networks that comes from the rows has its line."""
    told = cli("info", trained).out.partition("of the data the file holds:\n")[2]
    extra = json.loads(cli("info", trained, "--json").out)["extra"]
    lines = {
        "encoder": "median and spread of 5 columns",
        "ranges": "least and largest number of 5 columns",
        "baseline": "frequencies of classes",
        "trained_rows": "hashes of rows",
        "target": "3 classes of the target",
    }
    assert set(extra) - set(lines) == {"arguments", "feature_names", "scores"}
    for line in ("names of 7 columns", *lines.values()):
        assert line in told
