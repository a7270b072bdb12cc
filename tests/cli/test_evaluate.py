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


def test_a_threshold_is_for_two_classes(cli: Any, trained: Path, penguins: Path) -> None:
    run = cli("evaluate", trained, penguins, "--threshold", "0.5")
    assert (run.code, run.out) == (2, "")
    assert "--threshold is for models of two classes; this one predicts 3 classes" in run.err
    for value in ("1.5", "-1", "x"):
        run = cli("evaluate", trained, penguins, "--threshold", value)
        assert run.code == 2 and "--threshold takes a probability" in run.err


def test_importance(cli: Any, trained: Path, penguins: Path) -> None:
    found = json.loads(cli("evaluate", trained, penguins, "--importance", "--json").out)
    assert found["importance"]
    run = cli("evaluate", trained, penguins, "--importance=5")
    assert run.code == 2 and "'--importance' does not take a value" in run.err
