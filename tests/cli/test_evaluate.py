"""`chainrule evaluate`: the library's scores, beside the baseline's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import chainrule
from chainrule.table.read import read_table


def test_evaluate(cli: Any, trained: Path, penguins: Path) -> None:
    found = json.loads(cli("evaluate", trained, penguins, "--json").out)
    model = chainrule.load(trained)
    table = read_table(penguins)
    assert found["scores"]["accuracy"] == model.score(table.without("species"), table["species"])
    assert found["baseline"]["accuracy"] == pytest.approx(152 / 344)
    assert found["baseline_answer"] == "always 'Adelie'"
    text = cli("evaluate", trained, penguins)
    assert text.out.splitlines()[-1].startswith("next: chainrule check ")
