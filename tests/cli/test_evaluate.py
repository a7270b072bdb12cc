"""`chainrule evaluate`: the library's scores, beside the baseline's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fuzz.sealed import changed

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


@pytest.mark.parametrize(
    "baseline", [1, {"frequencies": "x"}, {"frequencies": [1.0]}, {"mean": []}]
)
def test_a_baseline_that_no_train_has_written_is_counted_anew(
    cli: Any, trained: Path, penguins: Path, tmp_path: Path, baseline: Any
) -> None:
    forged = changed(trained.read_bytes(), lambda d, t: d["x-table"].update(baseline=baseline))
    (tmp_path / "f.safetensors").write_bytes(forged)
    run = cli("evaluate", tmp_path / "f.safetensors", penguins)
    assert run.code == 0 and "always" in run.out
