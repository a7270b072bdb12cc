"""The program of docs/dependence.md runs, and finds what the page says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from chainrule.estimators.tabular.base import TabularModel

PAGE = Path(__file__).parents[2] / "docs" / "dependence.md"
SMALL = {"hidden_layer_sizes": (8,), "epochs": 3, "row_visits": None}


@pytest.mark.filterwarnings("ignore")
def test_the_program_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib").use("Agg")
    monkeypatch.setattr(TabularModel, "_recipe", SMALL)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(compile(code, str(PAGE), "exec"), names)
    sizes = [curve.size for curve in names["curves"]]
    assert len(sizes) == 10 and sizes == sorted(sizes, reverse=True)
    assert names["bmi"].rows.shape == (442, len(names["bmi"].cells[0]))
    assert names["pair"].columns == ("bmi", "bp") and names["pair"].n_rows == 200
