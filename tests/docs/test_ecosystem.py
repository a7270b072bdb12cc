"""The page of other tools: each block runs where what it imports is installed."""

from __future__ import annotations

import importlib.util
import re
import warnings
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "ecosystem.md").read_text("utf-8")
FIRST, *BLOCKS = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
IMPORTED = re.compile(r"^(?:import|from) (\w+)", re.MULTILINE)


@pytest.mark.slow
@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: IMPORTED.findall(block)[0])
def test_code_runs(block: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in IMPORTED.findall(block):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"needs {name}")
    monkeypatch.setenv("MPLBACKEND", "agg")
    monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"file:{tmp_path}/runs")
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exec(compile(FIRST, "ecosystem.md", "exec"), names)
        exec(compile(block, "ecosystem.md", "exec"), names)
    if "search" in names:
        assert names["search"].best_score_ > 0.9  # type: ignore[attr-defined]
    if "study" in names:
        assert 0 < names["study"].best_value < 0.5  # type: ignore[attr-defined]
    if "scores" in names:
        assert names["scores"].mean() > 0.9  # type: ignore[attr-defined]
    if "report" in names:
        assert names["accuracy"] == names["model"].score(names["X"], names["y"])  # type: ignore[attr-defined]
